import { asError } from '../../lib/errors/as-error.ts';
import { createCredit } from './credit.ts';
import { decodeLine } from './decode-line.ts';
import {
  EARLY_WINDOW_BYTES,
  FRAME_HEADER_BYTES,
  MAX_CREDIT_BYTES,
  MAX_STREAM_WINDOW_BYTES,
  MAX_STREAMS,
  RELAY_VERSION,
  type RelayFrame,
} from './frames.ts';
import { malformed, readFrames } from './read-frames.ts';
import {
  createStream,
  type MuxStream,
  type StreamHandlers,
  type StreamReset,
  type TunnelStream,
} from './stream.ts';
import { createWindowBudget } from './window-budget.ts';
import {
  helloFrame,
  openFrame,
  pingFrame,
  resetFrame,
  type RelayDestination,
} from './write-frames.ts';

/** Bytes of all streams that may wait for slow local programs. */
const LOCAL_WINDOWS_BYTES = 16 * 1024 * 1024;
/** Bytes of one stream that may wait, however many streams there are: one frame, so that each makes progress. */
const LOCAL_WINDOW_FLOOR_BYTES = 16 * 1024;
/** A connection that a listener on the target has accepted. */
export interface AcceptedStream {
  readonly stream: TunnelStream;
  /** The address there; foreign. */
  readonly peer: string;
  /** Begins to receive. Without it the stream must be reset. */
  accept(handlers: StreamHandlers): void;
}

/** What a tunnel needs. */
export interface TunnelHost {
  /** 16 random bytes. */
  readonly nonce: Buffer;
  /** There is something for {@link Tunnel.next}. Called often. */
  wake(): void;
  /** The relay has answered. @param name - language and version; foreign */
  ready(name: string): void;
  ponged(token: Buffer): void;
  /** The relay has broken the protocol, or has reported that it ends. All streams were reset before. */
  failed(error: Error): void;
}

/** All connections through one relay, without sockets and sessions: its two byte streams are given in and out. */
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
  /** @throws RangeError for an address that does not fit. @returns undefined when too many streams are open */
  open(destination: RelayDestination, handlers: StreamHandlers): TunnelStream | undefined;
  /** Listens on the target. @returns undefined when too many streams are open */
  listen(
    address: Pick<RelayDestination, 'address' | 'port'>,
    handlers: StreamHandlers,
    onAccept: (accepted: AcceptedStream) => void,
  ): TunnelStream | undefined;
  ping(token: Buffer): void;
  /** Streams that are open, listeners included. */
  streams(): number;
  /** The sessions are lost: resets all streams with `lost`. Idempotent. */
  close(): void;
}

const UNANSWERED: StreamHandlers = {
  opened: () => undefined,
  data: () => undefined,
  end: () => undefined,
  reset: () => undefined,
  drain: () => undefined,
};

/** A tunnel whose first frame is HELLO (docs/design/relay.md). */
export function createTunnel(host: TunnelHost): Tunnel {
  const budget = createWindowBudget(LOCAL_WINDOWS_BYTES, LOCAL_WINDOW_FLOOR_BYTES);
  const streams = new Map<number, MuxStream>();
  const windows = new Map<number, number>();
  const listeners = new Map<number, (accepted: AcceptedStream) => void>();
  const turns = new Set<MuxStream>();
  let control: Buffer[] = [helloFrame(host.nonce, MAX_CREDIT_BYTES)];
  let state: 'starting' | 'ready' | 'closed' = 'starting';
  let highestOwn = -1;
  let highestAccepted = 0;
  let maxStreams = MAX_STREAMS;

  const send = (frame: Buffer): void => {
    if (state === 'closed') return;
    control.push(frame);
    host.wake();
  };
  const credit = createCredit(send);
  const streamHost = {
    send,
    ready(stream: MuxStream) {
      turns.add(stream);
      host.wake();
    },
    closed(stream: MuxStream) {
      const { id } = stream.stream;
      streams.delete(id);
      turns.delete(stream);
      listeners.delete(id);
      budget.release(windows.get(id) ?? 0);
      windows.delete(id);
    },
  };
  const add = (
    id: number,
    kind: Parameters<typeof createStream>[0]['kind'],
    sendWindow: number,
    handlers: StreamHandlers,
  ): MuxStream => {
    const receiveWindow = budget.grant();
    windows.set(id, receiveWindow);
    const stream = createStream({ id, kind, receiveWindow, sendWindow }, streamHost, handlers);
    streams.set(id, stream);
    return stream;
  };
  const open = (
    destination: RelayDestination,
    handlers: StreamHandlers,
  ): TunnelStream | undefined => {
    if (state === 'closed' || streams.size >= maxStreams) return undefined;
    const id = highestOwn + 2;
    const { kind } = destination;
    // A frame that cannot be written leaves nothing behind.
    const written = openFrame(id, 0, destination);
    const mux = add(id, kindOf(kind), kind === 'listener' ? 0 : EARLY_WINDOW_BYTES, handlers);
    written.writeUInt32BE(windows.get(id) ?? 0, FRAME_HEADER_BYTES + 1);
    highestOwn = id;
    send(written);
    return mux.stream;
  };

  const close = (reset: StreamReset): void => {
    if (state === 'closed') return;
    state = 'closed';
    control = [];
    for (const stream of [...streams.values()]) stream.onReset(reset);
  };

  const onHello = ({ version, nonce, maxStreams: most, name }: HelloFrame): void => {
    if (state !== 'starting') throw malformed('a second HELLO');
    if (version !== RELAY_VERSION) throw malformed(`version ${version}`);
    if (!nonce.equals(host.nonce)) throw malformed('the HELLO of another tunnel');
    state = 'ready';
    maxStreams = Math.min(MAX_STREAMS, most);
    host.ready(name);
  };
  const onAccept = ({ id, listener, window, peer }: AcceptFrame): void => {
    if (id !== highestAccepted + 2) throw malformed('an id out of order');
    if (window > MAX_STREAM_WINDOW_BYTES) throw malformed('a window that is too large');
    highestAccepted = id;
    const accepted = listeners.get(listener);
    if (accepted === undefined) {
      if (listener > highestOwn || listener % 2 === 0) throw malformed('an unknown listener');
      send(resetFrame(id, 'closed'));
      return;
    }
    if (streams.size >= maxStreams) {
      send(resetFrame(id, 'limit'));
      return;
    }
    const mux = add(id, 'bytes', window, UNANSWERED);
    accepted({ stream: mux.stream, peer, accept: (handlers) => mux.accept(handlers) });
  };
  /** @returns undefined for a stream that is closed: the frame has crossed a RESET */
  const find = (id: number): MuxStream | undefined => {
    const known = id % 2 === 1 ? highestOwn : highestAccepted;
    if (id > known) throw malformed('a stream that was never opened');
    return streams.get(id);
  };
  const onFrame = (frame: RelayFrame): void => {
    if (state === 'starting' && frame.type !== 'hello' && frame.type !== 'reset') {
      throw malformed('a frame before HELLO');
    }
    switch (frame.type) {
      case 'hello':
        return onHello(frame);
      case 'accept':
        return onAccept(frame);
      case 'opened':
        return find(frame.id)?.onOpened(frame.window, frame.port);
      case 'data':
        credit.received(frame.bytes.length);
        return find(frame.id)?.onData(frame.bytes);
      case 'window':
        return find(frame.id)?.onWindow(frame.bytes);
      case 'end':
        return find(frame.id)?.onEnd();
      case 'reset':
        if (frame.id === 0) throw malformed(`the relay has ended: ${frame.code}`);
        return find(frame.id)?.onReset(frame);
      case 'pong':
        return host.ponged(frame.token);
    }
  };
  return {
    next(limit) {
      if (control.length === 0 && turns.size === 0) return undefined;
      const parts = control;
      control = [];
      let size = parts.reduce((sum, { length }) => sum + length, 0);
      for (const stream of turns) {
        const room = limit - size - FRAME_HEADER_BYTES;
        if (room <= 0) break;
        turns.delete(stream);
        for (const part of stream.turn(room) ?? []) {
          parts.push(part);
          size += part.length;
        }
        if (stream.hasMore) turns.add(stream);
      }
      return parts.length === 0 ? undefined : Buffer.concat(parts);
    },
    receive(line) {
      if (state === 'closed') return;
      try {
        for (const frame of readFrames(decodeLine(line))) onFrame(frame);
      } catch (error) {
        close({ code: 'protocol', text: '' });
        host.failed(asError(error));
      }
    },
    open,
    listen(address, handlers, onConnection) {
      const stream = open({ ...address, kind: 'listener' }, handlers);
      if (stream !== undefined) listeners.set(stream.id, onConnection);
      return stream;
    },
    ping: (token) => send(pingFrame(token)),
    streams: () => streams.size,
    close: () => close({ code: 'lost', text: '' }),
  };
}

type HelloFrame = Extract<RelayFrame, { readonly type: 'hello' }>;
type AcceptFrame = Extract<RelayFrame, { readonly type: 'accept' }>;

function kindOf(kind: RelayDestination['kind']): 'bytes' | 'datagrams' | 'listener' {
  if (kind === 'udp') return 'datagrams';
  return kind === 'listener' ? kind : 'bytes';
}
