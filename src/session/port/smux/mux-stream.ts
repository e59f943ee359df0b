import {
  SMUX_HEADER_BYTES,
  SmuxCommand,
  writeSmuxHeader,
} from '../../../protocol/smux/smux-frame.ts';
import { LocalConnection, type ConnectionContext } from '../connection/local-connection.ts';
import type { LocalSocket } from '../connection/local-socket.ts';
import {
  MUX_STREAM_TRANSITIONS,
  type MuxStreamEvent,
  type MuxStreamState,
} from './mux-stream-state.ts';
import type { UploadSource } from './upload-scheduler.ts';

/** What a stream reports. */
export interface MuxStreamEvents {
  /** The stream has frames to send. */
  ready(stream: UploadSource): void;
  /**
   * The last frame is sent and the local connection is closed.
   *
   * @param isKnown - whether the agent learns of the stream: false when its program closed it before the SYN
   */
  closed(isKnown: boolean): void;
}

/**
 * A smux stream and its local connection: a SYN, the bytes, one FIN
 * (docs/design/protocol.md#half-closed-connections).
 */
export class MuxStream implements UploadSource {
  readonly #id: number;
  readonly #events: MuxStreamEvents;
  readonly #connection: LocalConnection;
  #state: MuxStreamState = 'syn-pending';

  /** The connection of the local program. */
  readonly socket: LocalSocket;
  /** Whether anything has come of the destination. */
  isAnswered = false;

  /** @param id - odd, of no other stream */
  constructor(
    id: number,
    socket: LocalSocket,
    context: ConnectionContext,
    events: MuxStreamEvents,
  ) {
    this.#id = id;
    this.socket = socket;
    this.#events = events;
    this.#connection = new LocalConnection(socket, context, {
      bytes: () => events.ready(this),
      sendingEnded: () => {
        this.#dispatch('sending-ended');
        events.ready(this);
      },
      closed: () => this.#connectionClosed(),
    });
  }

  pending(): boolean {
    switch (this.#state) {
      case 'syn-pending':
      case 'syn-and-fin-pending':
      case 'fin-pending':
        return true;
      case 'open':
        return this.#connection.waiting() > 0;
      case 'fin-sent':
      case 'closed':
        return false;
    }
  }

  fill(target: Buffer, offset: number): number {
    let end = offset;
    if (!this.pending() || !hasRoom(target, end)) return end;
    if (this.#state === 'syn-pending' || this.#state === 'syn-and-fin-pending') {
      end = this.#writeHeader(target, end, SmuxCommand.Syn);
      this.#dispatch('syn-sent');
    }
    end = this.#fillData(target, end);
    if (this.#state !== 'fin-pending' || this.#connection.waiting() > 0 || !hasRoom(target, end)) {
      return end;
    }
    end = this.#writeHeader(target, end, SmuxCommand.Fin);
    this.#dispatch('fin-sent');
    if (this.#connection.closed) this.#connectionClosed();
    return end;
  }

  /** The target sent bytes. */
  receiveData(bytes: Buffer): void {
    this.#connection.deliver(bytes);
  }

  /** The target has ended the stream: delivers its bytes and ends the local connection. */
  finish(): void {
    this.#connection.finish();
  }

  /** Closes the local connection at once. */
  destroy(): void {
    this.#connection.destroy();
  }

  #dispatch(event: MuxStreamEvent): void {
    const before = this.#state;
    this.#state = MUX_STREAM_TRANSITIONS[before][event];
    if (this.#state !== 'closed' || before === 'closed') return;
    this.#events.closed(before === 'fin-sent');
  }

  #connectionClosed(): void {
    this.#dispatch(this.#connection.waiting() === 0 ? 'closed-empty' : 'closed-with-bytes');
  }

  #writeHeader(target: Buffer, offset: number, command: SmuxCommand): number {
    return writeSmuxHeader(target, offset, command, this.#id, 0);
  }

  #fillData(target: Buffer, offset: number): number {
    const room = target.length - offset - SMUX_HEADER_BYTES;
    const bytes = room > 0 ? this.#connection.take(room) : undefined;
    if (bytes === undefined) return offset;
    const start = writeSmuxHeader(target, offset, SmuxCommand.Push, this.#id, bytes.length);
    return start + bytes.copy(target, start);
  }
}

function hasRoom(target: Buffer, offset: number): boolean {
  return target.length - offset >= SMUX_HEADER_BYTES;
}
