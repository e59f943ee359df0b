import type { Clock, Timer } from '../../../../src/lib/clock.ts';

const HEADER_BYTES = 8;
const VERSION = 1;
/** The most the public implementation puts into one frame. */
const MAX_FRAME_BYTES = 32_768;
const KEEP_ALIVE_INTERVAL_MS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 30_000;

const Command = { Syn: 0, Fin: 1, Push: 2, Nop: 3 } as const;

/** What the server does with one stream that the client opened. */
export interface SmuxStreamEvents {
  data(bytes: Buffer): void;
  /** The client has closed the stream. */
  finished(): void;
}

/** The server's end of a stream. */
export interface SmuxStream {
  write(bytes: Buffer): void;
  /** Closes the stream; what the client still sends on it is dropped. */
  finish(): void;
}

/** What an {@link SmuxServer} works with. */
export interface SmuxServerOptions {
  readonly clock: Clock;
  readonly keepAlive: boolean;
  /** Takes frames on their way to the client, in whole. */
  write(frames: Buffer): void;
  opened(stream: SmuxStream): SmuxStreamEvents;
  /** The connection can no longer be used. */
  failed(reason: 'protocol' | 'keep-alive'): void;
}

/**
 * The agent's end of an smux version 1 connection (docs/design/protocol.md#smux), written apart
 * from the client's so that each checks the other.
 */
export interface SmuxServer {
  /** Takes the next bytes of the client's byte stream, however they were cut. */
  receive(bytes: Buffer): void;
  close(): void;
}

/** Bytes of the frame that is being read and which stream they are for. */
interface Body {
  left: number;
  readonly to: SmuxStreamEvents | undefined;
}

/** Makes a server to which no stream has been opened. */
export function createSmuxServer(options: SmuxServerOptions): SmuxServer {
  const { clock } = options;
  const streams = new Map<number, SmuxStreamEvents>();
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  let body: Body | undefined;
  let closed = false;
  let received = false;
  const timers: Timer[] = [];

  const close = (): void => {
    closed = true;
    for (const timer of timers) timer.cancel();
  };
  const fail = (reason: 'protocol' | 'keep-alive'): void => {
    if (closed) return;
    close();
    options.failed(reason);
  };
  const streamOf = (id: number): SmuxStream => ({
    write(bytes) {
      if (!streams.has(id) || closed) return;
      for (let offset = 0; offset < bytes.length; offset += MAX_FRAME_BYTES) {
        options.write(frameOf(Command.Push, id, bytes.subarray(offset, offset + MAX_FRAME_BYTES)));
      }
    },
    finish() {
      if (streams.delete(id) && !closed) options.write(frameOf(Command.Fin, id));
    },
  });
  const frameStarted = (): void => {
    const length = header.readUInt16LE(2);
    const id = header.readUInt32LE(4);
    received = true;
    if (header[0] !== VERSION) {
      fail('protocol');
      return;
    }
    switch (header[1]) {
      case Command.Syn:
        if (!streams.has(id)) {
          // Known before the first byte goes back, which may happen at once.
          streams.set(id, { data: () => undefined, finished: () => undefined });
          const events = options.opened(streamOf(id));
          if (streams.has(id)) streams.set(id, events);
        }
        break;
      case Command.Fin:
        streams.get(id)?.finished();
        break;
      case Command.Push:
        break;
      case Command.Nop:
        break;
      default:
        fail('protocol');
        return;
    }
    const to = header[1] === Command.Push ? streams.get(id) : undefined;
    body = length === 0 ? undefined : { left: length, to };
  };

  if (options.keepAlive) {
    timers.push(
      clock.every(KEEP_ALIVE_INTERVAL_MS, () => options.write(frameOf(Command.Nop, 0))),
      clock.every(KEEP_ALIVE_TIMEOUT_MS, () => {
        if (!received) fail('keep-alive');
        received = false;
      }),
    );
  }
  return {
    receive(bytes) {
      let offset = 0;
      while (offset < bytes.length && !closed) {
        if (body !== undefined) {
          const part = bytes.subarray(offset, offset + body.left);
          offset += part.length;
          body.left -= part.length;
          body.to?.data(part);
          if (body.left === 0) body = undefined;
        } else {
          const copied = bytes.copy(header, headerBytes, offset);
          offset += copied;
          headerBytes += copied;
          if (headerBytes < HEADER_BYTES) return;
          headerBytes = 0;
          frameStarted();
        }
      }
    },
    close,
  };
}

function frameOf(command: number, id: number, bytes: Buffer = Buffer.alloc(0)): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.length);
  frame[0] = VERSION;
  frame[1] = command;
  frame.writeUInt16LE(bytes.length, 2);
  frame.writeUInt32LE(id, 4);
  bytes.copy(frame, HEADER_BYTES);
  return frame;
}
