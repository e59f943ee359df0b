import { asError } from '../../lib/errors/as-error.ts';
import { createCredit } from './credit.ts';
import { createCreditLimit } from './credit-limit.ts';
import { decodeLine } from './decode-line.ts';
import { EARLY_WINDOW_BYTES, FRAME_HEADER_BYTES, MAX_STREAMS } from './frames.ts';
import { readFrames } from './read-frames.ts';
import { receiveFrame } from './receive-frame.ts';
import {
  hasTurn,
  onReset,
  streamOf,
  takeTurn,
  type StreamBeginning,
  type StreamHandlers,
  type StreamReset,
  type TunnelStream,
} from './stream.ts';
import {
  addStream,
  send,
  type AcceptedStream,
  type TunnelHost,
  type TunnelRun,
} from './tunnel-run.ts';
import { createWindowBudget } from './window-budget.ts';
import { helloFrame, openFrame, pingFrame, type RelayDestination } from './write-frames.ts';

/** Bytes of all streams that may wait for slow local programs. */
const LOCAL_WINDOWS_BYTES = 16 * 1024 * 1024;
/** Bytes of one stream that may wait, however many streams there are. For all streams that is half of the sum, so each makes progress. */
const LOCAL_WINDOW_FLOOR_BYTES = 8 * 1024;

/** All connections through one relay. It has no sockets and no sessions: its caller passes bytes in and out. */
export interface Tunnel {
  /**
   * The next frames for the relay: those without data first, then those of the streams in turn.
   *
   * @param limit - bytes; frames without data may exceed it
   * @returns undefined when there is nothing to send
   */
  next(limit: number): Buffer | undefined;
  /** Takes a line of the relay, without its line feed. */
  receive(line: Buffer): void;
  /**
   * Opens a connection from the target.
   *
   * @returns undefined when too many streams are open, or the tunnel is closed
   * @throws RangeError for an address that does not fit
   */
  open(destination: RelayDestination, handlers: StreamHandlers): TunnelStream | undefined;
  /** Listens on the target; the same. */
  listen(
    address: Pick<RelayDestination, 'address' | 'port'>,
    handlers: StreamHandlers,
    onAccept: (accepted: AcceptedStream) => void,
  ): TunnelStream | undefined;
  /** Grants the credit that its pace has delayed. */
  grant(): void;
  ping(token: Buffer): void;
  /** Streams that are open, listeners included. */
  streams(): number;
  /** The sessions are lost: resets all streams with `lost`. Idempotent. */
  close(): void;
}

/** A tunnel whose first frame is HELLO (docs/design/relay.md#sessions). */
export function createTunnel(host: TunnelHost): Tunnel {
  const run = createRun(host);
  return {
    next: (limit) => next(run, limit),
    receive(line) {
      if (run.state === 'closed') return;
      try {
        for (const frame of readFrames(decodeLine(line))) receiveFrame(run, frame);
      } catch (error) {
        close(run, { code: 'protocol', text: '' });
        host.failed(asError(error));
      }
    },
    open: (destination, handlers) => open(run, destination, handlers),
    listen(address, handlers, onAccept) {
      const stream = open(run, { ...address, kind: 'listener' }, handlers);
      if (stream !== undefined) run.listeners.set(stream.id, onAccept);
      return stream;
    },
    grant: () => run.credit.grant(),
    ping: (token) => send(run, pingFrame(token)),
    streams: () => run.streams.size,
    close: () => close(run, { code: 'lost', text: '' }),
  };
}

function createRun(host: TunnelHost): TunnelRun {
  const limit = createCreditLimit({
    ping: (token) => send(run, pingFrame(token)),
    now: () => host.now(),
    isSending: () => [...run.streams.values()].some(({ queue }) => queue.size() > 0),
  });
  const credit = createCredit((frame) => send(run, frame), host.pace, limit);
  const run: TunnelRun = {
    host,
    budget: createWindowBudget({
      total: LOCAL_WINDOWS_BYTES,
      floor: LOCAL_WINDOW_FLOOR_BYTES,
      streams: MAX_STREAMS,
    }),
    credit,
    streams: new Map(),
    listeners: new Map(),
    turns: new Set(),
    streamHost: {
      send: (frame) => send(run, frame),
      ready(stream) {
        run.turns.add(stream);
        host.wake();
      },
      closed(stream) {
        const { id, receiveWindow } = stream.beginning;
        run.streams.delete(id);
        run.listeners.delete(id);
        run.turns.delete(stream);
        run.budget.release(receiveWindow);
      },
    },
    control: [helloFrame(host.nonce, credit.initial)],
    state: 'starting',
    highestOwn: -1,
    highestAccepted: 0,
    maxStreams: MAX_STREAMS,
  };
  return run;
}

function next(run: TunnelRun, limit: number): Buffer | undefined {
  const parts = run.control;
  if (parts.length === 0 && run.turns.size === 0) return undefined;
  run.control = [];
  let size = parts.reduce((sum, { length }) => sum + length, 0);
  // A stream that has more is added again, at the end.
  for (const stream of run.turns) {
    const room = limit - size - FRAME_HEADER_BYTES;
    if (room <= 0) break;
    run.turns.delete(stream);
    for (const part of takeTurn(stream, room)) {
      parts.push(part);
      size += part.length;
    }
    if (hasTurn(stream)) run.turns.add(stream);
  }
  return parts.length === 0 ? undefined : Buffer.concat(parts);
}

function open(
  run: TunnelRun,
  destination: RelayDestination,
  handlers: StreamHandlers,
): TunnelStream | undefined {
  if (run.state === 'closed' || run.streams.size >= run.maxStreams) return undefined;
  const id = run.highestOwn + 2;
  const receiveWindow = run.budget.grant();
  let frame: Buffer;
  try {
    frame = openFrame(id, receiveWindow, destination);
  } catch (error) {
    run.budget.release(receiveWindow);
    throw error;
  }
  run.highestOwn = id;
  const kind = kindOf(destination.kind);
  const sendWindow = kind === 'listener' ? 0 : EARLY_WINDOW_BYTES;
  const mux = addStream(run, { id, kind, receiveWindow, sendWindow }, handlers);
  send(run, frame);
  return streamOf(mux);
}

function close(run: TunnelRun, reset: StreamReset): void {
  if (run.state === 'closed') return;
  run.state = 'closed';
  run.control = [];
  for (const stream of [...run.streams.values()]) onReset(stream, reset);
}

function kindOf(kind: RelayDestination['kind']): StreamBeginning['kind'] {
  if (kind === 'udp') return 'datagrams';
  return kind === 'listener' ? kind : 'bytes';
}
