import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { StreamHandlers, StreamReset, TunnelStream } from '../../relay/protocol/stream.ts';

/** Above this many bytes that wait to be sent, a local program is not read. */
const CARRIED_BYTES_LIMIT = 64 * 1024;

/** A local connection, as a tunnel uses it. Only a TCP connection can be reset, and has addresses. */
export type CarriedSocket = Duplex &
  Partial<Pick<Socket, 'resetAndDestroy' | 'localAddress' | 'remoteAddress'>>;

/** What is reported of a connection. */
export interface CarriedEvents {
  /** The destination is connected. Its bytes follow. */
  opened?(): void;
  /** The first that comes of the destination: it has answered, or ended, or could not be reached. */
  answered(by: 'bytes' | 'end' | 'failure'): void;
  /**
   * The destination could not be reached, or there is no room for one more stream. The connection here goes on, and belongs
   * to the caller again. By default it is reset, which `reset` reports.
   */
  refused?(reset: StreamReset): void;
  /** The destination could not be reached, or the connection was lost. Not after both directions have ended. */
  reset(reset: StreamReset, wasOpen: boolean): void;
}

/**
 * Carries a local connection through a tunnel. Both directions end on their own; a reset of one side resets the other.
 *
 * @param socket - not read so far; its errors have a listener
 * @param open - begins a stream; undefined when the tunnel has no room
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
      // They are a part of a longer line, and may wait here.
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
    // A program that has ended its direction and closed is like one that waits, until something comes for it.
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
 * The system reports a reset that finds bytes unread as an ordinary end. After it the address of the
 * other side is unknown; after an end it is known, unless this side has ended before. Sockets without addresses are not TCP.
 */
function wasReset({ localAddress, remoteAddress, writableEnded }: CarriedSocket): boolean {
  return localAddress !== undefined && remoteAddress === undefined && !writableEnded;
}
