import { createByteQueue, type ByteQueue } from '../../session/streams/byte-queue.ts';
import {
  EARLY_WINDOW_BYTES,
  MAX_DATA_BYTES,
  MAX_STREAM_WINDOW_BYTES,
  type ResetCode,
} from './frames.ts';
import { malformed } from './read-frames.ts';
import { STREAM_TRANSITIONS, type StreamEvent, type StreamState } from './stream-state.ts';
import { dataHeader, endFrame, openedFrame, resetFrame, windowFrame } from './write-frames.ts';

/** Part of a window that its receiver takes before it grants it again: this gives few WINDOW frames, and never an empty window. */
const GRANT_SHARE = 4;

/** Why a stream was reset. */
export interface StreamReset {
  readonly code: ResetCode | 'lost';
  /** Text of the relay; may be empty, and is not trusted. */
  readonly text: string;
}

/** The events of a stream. After `reset`, or after both directions have ended, there are no more. */
export interface StreamHandlers {
  /** @param port - the one that a listener is bound to; else 0 */
  opened(port: number): void;
  /** The bytes are valid during the call, and count as waiting until {@link TunnelStream.taken}. */
  data(bytes: Buffer): void;
  /** The other side sends nothing more. */
  end(): void;
  reset(reset: StreamReset): void;
  /** Everything that was written is sent. */
  drain(): void;
}

/** A connection through the relay. */
export interface TunnelStream {
  readonly id: number;
  /** Sends bytes when window and turn permit. With UDP, each call is a datagram, which is dropped when the window is too small. */
  write(bytes: Buffer): void;
  /** Bytes of memory that wait to be sent. Above its limit, the owner stops writing until `drain`. */
  queued(): number;
  /** Sends nothing more, after what was written. */
  end(): void;
  /** Closes both directions at once. Idempotent. */
  reset(code?: ResetCode): void;
  /** The local program has taken this many bytes of `data`. */
  taken(bytes: number): void;
}

/** What a stream needs of its tunnel. */
export interface StreamHost {
  /** Sends a frame before all DATA. */
  send(frame: Buffer): void;
  /** The stream has something to send in its turn. */
  ready(stream: MuxStream): void;
  closed(stream: MuxStream): void;
}

/** The properties of a stream when it begins. */
export interface StreamBeginning {
  readonly id: number;
  readonly kind: 'bytes' | 'datagrams' | 'listener';
  /** What the client has granted. */
  readonly receiveWindow: number;
  /** What the relay has granted. */
  readonly sendWindow: number;
}

/** The tunnel's side of a stream. */
export interface MuxStream {
  readonly beginning: StreamBeginning;
  readonly host: StreamHost;
  readonly queue: ByteQueue;
  handlers: StreamHandlers;
  state: StreamState;
  ending: 'no' | 'after-queue' | 'sent';
  sendWindow: number;
  /** What the relay may still send. */
  receivable: number;
  /** Taken by the local program, and not yet granted again. */
  owed: number;
}

/** A stream that is being opened. */
export function createStream(
  beginning: StreamBeginning,
  host: StreamHost,
  handlers: StreamHandlers,
): MuxStream {
  return {
    ...{ beginning, host, handlers },
    queue: createByteQueue(),
    state: 'opening',
    ending: 'no',
    sendWindow: beginning.sendWindow,
    receivable: beginning.receiveWindow,
    owed: 0,
  };
}

/** @throws ProtocolError for what the relay must not send now */
function step(mux: MuxStream, event: StreamEvent): void {
  const before = mux.state;
  const next = STREAM_TRANSITIONS[before][event];
  if (next === undefined) throw malformed(`${event} while a stream is ${before}`);
  mux.state = next;
  if (next !== 'closed' || before === 'closed') return;
  mux.queue.clear();
  mux.host.closed(mux);
}

/** Whether a stream has something to send now. */
export function hasTurn({ state, queue, sendWindow, ending }: MuxStream): boolean {
  if (state === 'closed') return false;
  return queue.size() > 0 ? sendWindow > 0 : ending === 'after-queue';
}

function wake(mux: MuxStream): void {
  if (hasTurn(mux)) mux.host.ready(mux);
}

/**
 * The frames of one turn.
 *
 * @param limit - bytes of data
 */
export function takeTurn(mux: MuxStream, limit: number): readonly Buffer[] {
  if (!hasTurn(mux)) return [];
  const { queue, beginning } = mux;
  const bytes = queue.take(Math.min(limit, MAX_DATA_BYTES, mux.sendWindow));
  if (bytes === undefined) {
    mux.ending = 'sent';
    step(mux, 'end-sent');
    return [endFrame(beginning.id)];
  }
  mux.sendWindow -= bytes.length;
  if (queue.size() === 0) mux.handlers.drain();
  return [dataHeader(beginning.id, bytes.length), bytes];
}

/** The owner's side of a stream. */
export function streamOf(mux: MuxStream): TunnelStream {
  const { id, kind, receiveWindow } = mux.beginning;
  const { host, queue } = mux;
  return {
    id,
    write(bytes) {
      if (mux.state === 'closed' || mux.ending !== 'no') return;
      if (kind === 'datagrams') {
        sendDatagram(mux, bytes);
      } else {
        queue.push(bytes);
        wake(mux);
      }
    },
    queued: () => queue.cost(),
    end() {
      if (mux.state === 'closed' || mux.ending !== 'no') return;
      mux.ending = 'after-queue';
      if (kind === 'bytes') {
        wake(mux);
      } else {
        // No data of the stream waits, and the relay closes it at once.
        host.send(kind === 'listener' ? resetFrame(id, 'closed') : endFrame(id));
        step(mux, 'reset');
      }
    },
    reset(code = 'closed') {
      if (mux.state === 'closed') return;
      host.send(resetFrame(id, code));
      step(mux, 'reset');
    },
    taken(bytes) {
      mux.owed += bytes;
      if (mux.state === 'closed' || mux.state === 'received-end') return;
      if (mux.owed * GRANT_SHARE < receiveWindow) return;
      host.send(windowFrame(id, mux.owed));
      mux.receivable += mux.owed;
      mux.owed = 0;
    },
  };
}

function sendDatagram(mux: MuxStream, bytes: Buffer): void {
  if (bytes.length > MAX_DATA_BYTES || bytes.length > mux.sendWindow) return;
  mux.sendWindow -= bytes.length;
  mux.host.send(Buffer.concat([dataHeader(mux.beginning.id, bytes.length), bytes]));
}

/** Answers ACCEPT. */
export function acceptStream(mux: MuxStream, handlers: StreamHandlers): void {
  const { id, receiveWindow } = mux.beginning;
  mux.handlers = handlers;
  step(mux, 'opened');
  mux.host.send(openedFrame(id, receiveWindow));
  wake(mux);
}

/** @throws ProtocolError */
export function onOpened(mux: MuxStream, window: number, port: number): void {
  if (mux.beginning.id % 2 === 0) throw malformed('an answer to its own ACCEPT');
  step(mux, 'opened');
  onWindow(mux, window);
  mux.handlers.opened(port);
}

/** @throws ProtocolError */
export function onData(mux: MuxStream, bytes: Buffer): void {
  if (mux.beginning.kind === 'listener') throw malformed('data of a listener');
  step(mux, 'data-received');
  mux.receivable -= bytes.length;
  if (mux.receivable < 0) throw malformed('more data than the window permits');
  mux.handlers.data(bytes);
}

/** @throws ProtocolError */
export function onWindow(mux: MuxStream, bytes: number): void {
  mux.sendWindow += bytes;
  if (mux.sendWindow > MAX_STREAM_WINDOW_BYTES + EARLY_WINDOW_BYTES) {
    throw malformed('a window that is too large');
  }
  wake(mux);
}

/** @throws ProtocolError */
export function onEnd(mux: MuxStream): void {
  if (mux.beginning.kind !== 'bytes') throw malformed('an end of something that has none');
  step(mux, 'end-received');
  mux.handlers.end();
}

export function onReset(mux: MuxStream, reset: StreamReset): void {
  step(mux, 'reset');
  mux.handlers.reset(reset);
}
