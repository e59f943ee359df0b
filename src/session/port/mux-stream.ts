import type { Socket } from 'node:net';
import { SMUX_HEADER_BYTES, SmuxCommand, writeSmuxHeader } from '../../protocol/smux-frame.ts';
import { serveConnection, type ConnectionContext } from './local-connection.ts';
import type { UploadSource } from './upload-scheduler.ts';

/** A smux stream and the local connection it belongs to. */
export interface MuxStream extends UploadSource {
  /** The target sent bytes. */
  receiveData(bytes: Buffer): void;
  /** The target has ended the stream. */
  receiveFin(): void;
  /** Delivers what came and ends the local connection. */
  finish(): void;
  /** Closes the local connection at once. */
  destroy(): void;
}

/** What a stream reports. */
export interface MuxStreamEvents {
  /** It has frames to send. */
  ready(): void;
  /** It has sent its last frame and its local connection is gone. */
  over(): void;
}

/**
 * Opens a stream for a local connection: a SYN, the bytes, one FIN (data-channel protocol, "smux
 * version 1").
 *
 * @param id - odd, used by no other stream
 */
export function openMuxStream(
  id: number,
  socket: Socket,
  context: ConnectionContext,
  events: MuxStreamEvents,
): MuxStream {
  let synSent = false;
  let finWanted = false;
  let finSent = false;
  let closed = false;

  const connection = serveConnection(socket, context, {
    bytes: () => events.ready(),
    sendingOver() {
      finWanted = true;
      events.ready();
    },
    closed() {
      closed = true;
      // A connection reset before the target heard of it need never have existed.
      if (!synSent && connection.waiting() === 0) finSent = true;
      if (finSent) events.over();
    },
  });

  const fillData = (target: Buffer, offset: number): number => {
    const room = target.length - offset - SMUX_HEADER_BYTES;
    const bytes = room > 0 ? connection.take(room) : undefined;
    if (bytes === undefined) return offset;
    const start = writeSmuxHeader(target, offset, SmuxCommand.Push, id, bytes.length);
    return start + bytes.copy(target, start);
  };

  return {
    pending() {
      if (finSent) return false;
      return !synSent || connection.waiting() > 0 || finWanted;
    },
    fill(target, offset) {
      let end = offset;
      if (finSent || target.length - end < SMUX_HEADER_BYTES) return end;
      if (!synSent) {
        synSent = true;
        end = writeSmuxHeader(target, end, SmuxCommand.Syn, id, 0);
      }
      end = fillData(target, end);
      if (!finWanted || connection.waiting() > 0) return end;
      if (target.length - end < SMUX_HEADER_BYTES) return end;
      finSent = true;
      end = writeSmuxHeader(target, end, SmuxCommand.Fin, id, 0);
      if (closed) events.over();
      return end;
    },
    receiveData: (bytes) => connection.deliver(bytes),
    receiveFin: () => connection.finish(),
    finish: () => connection.finish(),
    destroy: () => connection.destroy(),
  };
}
