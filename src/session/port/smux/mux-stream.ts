import type { Socket } from 'node:net';
import {
  SMUX_HEADER_BYTES,
  SmuxCommand,
  writeSmuxHeader,
} from '../../../protocol/smux/smux-frame.ts';
import { LocalConnection, type ConnectionContext } from '../connection/local-connection.ts';
import {
  MUX_STREAM_TRANSITIONS,
  type MuxStreamEvent,
  type MuxStreamState,
} from './mux-stream-state.ts';
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
 * Opens a stream for a local connection: a SYN, the bytes, one FIN
 * (docs/design/protocol.md#half-closed-connections).
 *
 * @param id - odd, used by no other stream
 */
export function openMuxStream(
  id: number,
  socket: Socket,
  context: ConnectionContext,
  events: MuxStreamEvents,
): MuxStream {
  let state: MuxStreamState = 'syn-pending';

  const happened = (event: MuxStreamEvent): void => {
    const next = MUX_STREAM_TRANSITIONS[state][event];
    if (next === undefined) return;
    state = next;
    if (state === 'over') events.over();
  };
  const connection = new LocalConnection(socket, context, {
    bytes: () => events.ready(),
    sendingEnded() {
      happened('sending-over');
      events.ready();
    },
    closed: () => happened(connection.waiting() === 0 ? 'closed-empty' : 'closed'),
  });

  const fillHeader = (target: Buffer, offset: number, command: SmuxCommand): number =>
    writeSmuxHeader(target, offset, command, id, 0);
  const fillData = (target: Buffer, offset: number): number => {
    const room = target.length - offset - SMUX_HEADER_BYTES;
    const bytes = room > 0 ? connection.take(room) : undefined;
    if (bytes === undefined) return offset;
    const start = writeSmuxHeader(target, offset, SmuxCommand.Push, id, bytes.length);
    return start + bytes.copy(target, start);
  };
  const hasRoom = (target: Buffer, offset: number): boolean =>
    target.length - offset >= SMUX_HEADER_BYTES;

  const stream: MuxStream = {
    pending() {
      switch (state) {
        case 'syn-pending':
        case 'syn-and-fin-pending':
        case 'fin-pending':
          return true;
        case 'open':
          return connection.waiting() > 0;
        case 'fin-sent':
        case 'over':
          return false;
      }
    },
    fill(target, offset) {
      let end = offset;
      if (!stream.pending() || !hasRoom(target, end)) return end;
      if (state === 'syn-pending' || state === 'syn-and-fin-pending') {
        end = fillHeader(target, end, SmuxCommand.Syn);
        happened('syn-sent');
      }
      end = fillData(target, end);
      if (state !== 'fin-pending' || connection.waiting() > 0 || !hasRoom(target, end)) return end;
      end = fillHeader(target, end, SmuxCommand.Fin);
      happened('fin-sent');
      if (connection.closed) happened('closed');
      return end;
    },
    receiveData: (bytes) => connection.deliver(bytes),
    receiveFin: () => connection.finish(),
    finish: () => connection.finish(),
    destroy: () => connection.destroy(),
  };
  return stream;
}
