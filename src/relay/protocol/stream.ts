import { createByteQueue } from '../../session/streams/byte-queue.ts';
import {
  EARLY_WINDOW_BYTES,
  MAX_DATA_BYTES,
  MAX_STREAM_WINDOW_BYTES,
  type ResetCode,
} from './frames.ts';
import { malformed } from './read-frames.ts';
import { STREAM_TRANSITIONS, type StreamEvent, type StreamState } from './stream-state.ts';
import { dataHeader, endFrame, openedFrame, resetFrame, windowFrame } from './write-frames.ts';

/** Part of a window that its receiver has taken before it grants it again: few WINDOW frames, and never an empty window. */
const WINDOW_STEP_SHARE = 4;

/** Why a stream was reset. */
export interface StreamReset {
  readonly code: ResetCode | 'lost';
  /** Of the relay, may be empty; foreign. */
  readonly text: string;
}

/** What a stream reports to its owner. After `reset`, or after both ends, nothing more comes. */
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
  /** Sends bytes, when window and turn permit. Datagrams of UDP: each call is one, and dropped when the window is too small. */
  write(bytes: Buffer): void;
  /** Bytes that wait to be sent: above its limit the owner writes no more until `drain`. */
  queued(): number;
  /** Sends nothing more, after what was written. */
  end(): void;
  /** Closes both directions at once. Idempotent. */
  reset(code?: ResetCode): void;
  /** The local program has taken so many bytes of `data`. */
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

/** The part of a stream that its tunnel uses. */
export interface MuxStream {
  readonly stream: TunnelStream;
  readonly isListener: boolean;
  /** Answers ACCEPT. */
  accept(handlers: StreamHandlers): void;
  /** @throws ProtocolError when the relay must not send it now */
  onOpened(window: number, port: number): void;
  /** @throws ProtocolError */
  onData(bytes: Buffer): void;
  /** @throws ProtocolError */
  onWindow(bytes: number): void;
  /** @throws ProtocolError */
  onEnd(): void;
  onReset(reset: StreamReset): void;
  /** The frames of one turn; undefined when it has nothing to send. @param limit - bytes of data */
  turn(limit: number): readonly Buffer[] | undefined;
  readonly hasMore: boolean;
}

/** What is known of a stream when it begins. */
export interface StreamBeginning {
  readonly id: number;
  readonly kind: 'bytes' | 'datagrams' | 'listener';
  /** What the client has granted. */
  readonly receiveWindow: number;
  /** What the relay has granted. */
  readonly sendWindow: number;
}

/** @param handlers - undefined for a stream of ACCEPT, until {@link MuxStream.accept} */
export function createStream(
  { id, kind, receiveWindow, sendWindow: initialWindow }: StreamBeginning,
  host: StreamHost,
  initialHandlers: StreamHandlers,
): MuxStream {
  const queue = createByteQueue();
  let handlers = initialHandlers;
  let state: StreamState = 'opening';
  let ending: 'no' | 'after-queue' | 'sent' = 'no';
  let sendWindow = initialWindow;
  /** What the relay may still send. */
  let receivable = receiveWindow;
  /** Taken by the local program, and not yet granted again. */
  let owed = 0;

  const step = (event: StreamEvent): void => {
    const next = STREAM_TRANSITIONS[state][event];
    if (next === undefined) throw malformed(`${event} while a stream is ${state}`);
    const wasClosed = state === 'closed';
    state = next;
    if (state === 'closed' && !wasClosed) {
      queue.clear();
      host.closed(mux);
    }
  };
  const hasTurn = (): boolean =>
    state !== 'closed' && (queue.size() > 0 ? sendWindow > 0 : ending === 'after-queue');

  const grow = (bytes: number): void => {
    sendWindow += bytes;
    if (sendWindow > MAX_STREAM_WINDOW_BYTES + EARLY_WINDOW_BYTES) {
      throw malformed('a window that is too large');
    }
    if (hasTurn()) host.ready(mux);
  };

  const stream: TunnelStream = {
    id,
    write(bytes) {
      if (state === 'closed' || ending !== 'no' || kind === 'listener') return;
      if (kind === 'datagrams') {
        if (bytes.length > MAX_DATA_BYTES || bytes.length > sendWindow) return;
        sendWindow -= bytes.length;
        host.send(Buffer.concat([dataHeader(id, bytes.length), bytes]));
        return;
      }
      queue.push(bytes);
      if (hasTurn()) host.ready(mux);
    },
    queued: () => queue.cost(),
    end() {
      if (state === 'closed' || ending !== 'no' || kind === 'listener') return;
      ending = 'after-queue';
      if (kind === 'datagrams') {
        // The relay forgets it at once.
        host.send(endFrame(id));
        step('reset');
        return;
      }
      if (hasTurn()) host.ready(mux);
    },
    reset(code = 'closed') {
      if (state === 'closed') return;
      host.send(resetFrame(id, code));
      step('reset');
    },
    taken(bytes) {
      owed += bytes;
      if (state === 'closed' || state === 'received-end') return;
      if (owed * WINDOW_STEP_SHARE < receiveWindow) return;
      host.send(windowFrame(id, owed));
      receivable += owed;
      owed = 0;
    },
  };

  const mux: MuxStream = {
    stream,
    isListener: kind === 'listener',
    accept(accepted) {
      handlers = accepted;
      step('opened');
      host.send(openedFrame(id, receiveWindow));
    },
    onOpened(window, port) {
      step('opened');
      grow(window);
      handlers.opened(port);
    },
    onData(bytes) {
      if (kind === 'listener') throw malformed('data of a listener');
      step('data-received');
      receivable -= bytes.length;
      if (receivable < 0) throw malformed('more data than the window permits');
      handlers.data(bytes);
    },
    onWindow: grow,
    onEnd() {
      if (kind !== 'bytes') throw malformed('an end of something that has none');
      step('end-received');
      handlers.end();
    },
    onReset(reset) {
      step('reset');
      handlers.reset(reset);
    },
    turn(limit) {
      if (!hasTurn()) return undefined;
      const bytes = queue.take(Math.min(limit, MAX_DATA_BYTES, sendWindow));
      if (bytes === undefined) {
        ending = 'sent';
        step('end-sent');
        return [endFrame(id)];
      }
      sendWindow -= bytes.length;
      if (queue.size() === 0) handlers.drain();
      return [dataHeader(id, bytes.length), bytes];
    },
    get hasMore() {
      return hasTurn();
    },
  };
  return mux;
}
