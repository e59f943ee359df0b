import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { StreamHandlers, StreamReset, TunnelStream } from '../../relay/protocol/stream.ts';

/** While more bytes than this wait to be sent, the local program is not read. */
const CARRIED_BYTES_LIMIT = 64 * 1024;

/** A local connection. Only one of TCP can be reset, and has addresses. */
export type CarriedSocket = Duplex &
  Partial<Pick<Socket, 'resetAndDestroy' | 'localAddress' | 'remoteAddress'>>;

/** Reports what happens to a connection. */
export interface CarriedEvents {
  /** The destination is connected. Its bytes follow. */
  opened?(): void;
  /** The first sign of the destination: bytes, the end of its data, or a failure. Called at most once. */
  answered(by: 'bytes' | 'end' | 'failure'): void;
  /**
   * The destination could not be reached, or there is no room for one more stream. The local connection
   * stays open, and the caller handles it. Without `refused`, it is reset, and `reset` reports a destination that failed.
   */
  refused?(reset: StreamReset): void;
  /** The destination could not be reached, or the connection was lost. Not called after both directions have ended. */
  reset(reset: StreamReset, wasOpen: boolean): void;
}

/**
 * Carries a local connection through a tunnel. Each direction ends on its own; a reset of one side resets the other.
 *
 * @param socket - nothing was read from it yet, and it has a listener for errors
 * @param open - opens a stream; returns undefined when the tunnel has no room
 */
export function carryConnection(
  socket: CarriedSocket,
  open: (handlers: StreamHandlers) => TunnelStream | undefined,
  events: CarriedEvents,
): void {
  let isOpened = false;
  let isAnswered = false;
  const answered = (by: 'bytes' | 'end' | 'failure'): void => {
    if (isAnswered) return;
    isAnswered = true;
    events.answered(by);
  };
  const stream = open({
    opened() {
      isOpened = true;
      events.opened?.();
    },
    data(bytes) {
      answered('bytes');
      if (socket.destroyed) {
        stream?.reset('reset');
        return;
      }
      // A copy: the bytes are a part of a longer line, which must not stay in memory while they wait.
      socket.write(Buffer.from(bytes), () => stream?.taken(bytes.length));
    },
    end() {
      answered('end');
      socket.end();
    },
    reset(reset) {
      if (!isOpened && events.refused !== undefined) {
        detach();
        events.refused(reset);
        return;
      }
      answered('failure');
      events.reset(reset, isOpened);
      resetSocket(socket);
    },
    drain() {
      socket.resume();
    },
  });
  if (stream === undefined) {
    if (events.refused === undefined) resetSocket(socket);
    else events.refused({ code: 'limit', text: '' });
    return;
  }
  const onData = (bytes: Buffer): void => {
    stream.write(bytes);
    if (stream.queued() >= CARRIED_BYTES_LIMIT) socket.pause();
  };
  const onEnd = (): void => {
    if (wasReset(socket)) stream.reset('reset');
    else stream.end();
  };
  const onClose = (): void => {
    // A program that has closed everything looks like one that only ended its direction, until it gets data.
    if (!socket.readableEnded) stream.reset('closed');
  };
  const detach = (): void =>
    void socket.off('data', onData).off('end', onEnd).off('close', onClose);
  socket.on('data', onData).on('end', onEnd).on('close', onClose);
  socket.resume();
}

function resetSocket(socket: CarriedSocket): void {
  if (socket.destroyed) return;
  if (socket.remoteAddress === undefined || socket.resetAndDestroy === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * If bytes are unread when a reset arrives, the system reports an ordinary end. But after a reset, the remote address is
 * unknown; after an end it is known, unless this side has ended first. A socket without addresses is not TCP.
 */
function wasReset({ localAddress, remoteAddress, writableEnded }: CarriedSocket): boolean {
  return localAddress !== undefined && remoteAddress === undefined && !writableEnded;
}
