import type { Clock, Timer } from '../../../lib/clock.ts';
import type { SessionLink } from '../../session-type.ts';
import type { PortHost } from '../port-host.ts';
import { writeTo, type ByteSink } from './byte-sink.ts';
import { readFrom, type ByteSource } from './byte-source.ts';
import {
  acceptsTargetBytes,
  advanceConnection,
  isFinPending,
  isSendingEnded,
  NEW_CONNECTION,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-state.ts';
import { idleCountsFrom, startIdleTimer, type IdleTimer } from './idle-timer.ts';
import type { LocalSocket } from './local-socket.ts';
import type { ReceiveBudget } from './receive-budget.ts';

/**
 * After the target has ended and everything is delivered, a local program has this many milliseconds to end
 * its sending direction, too. Until then its bytes are read and dropped: a close with unread bytes would
 * reset the connection, and the program could lose what it has not read yet.
 */
export const LOCAL_CLOSE_LINGER_MS = 5_000;
/**
 * When the system is asked whether a program has closed: at its end, shortly after, for programs that end
 * their sending direction before they close, then once a second, which is cheap.
 */
const FIRST_RECHECK_MS = 200;
const RECHECK_MS = 1_000;

/** What a local connection reports. */
export interface LocalConnectionEvents {
  /** Bytes wait to be sent. */
  bytes(): void;
  /** Nothing follows the bytes that wait now, and the end must be sent to the target. Called once. */
  sendingEnded(): void;
  /** The socket is closed. Called after `sendingEnded`. */
  closed(): void;
}

/** What all connections of a session share. */
export interface ConnectionContext {
  readonly clock: Clock;
  readonly link: Pick<SessionLink, 'whenAcknowledged' | 'receivingSince'>;
  readonly budget: ReceiveBudget;
  readonly hasPeerClosed: PortHost['hasPeerClosed'];
}

/** The connection of a local program: carries out what {@link advanceConnection} decides. */
export class LocalConnection {
  readonly #socket: LocalSocket;
  readonly #context: ConnectionContext;
  readonly #events: LocalConnectionEvents;
  readonly #sink: ByteSink;
  readonly #source: ByteSource;
  #state: ConnectionState = NEW_CONNECTION;
  /** Runs while an answer, or the rest of one, may come. */
  #idle: IdleTimer | undefined;
  /** Until the next check of the peer, or while the connection lingers. */
  #timer: Timer | undefined;

  /**
   * Takes over an accepted connection.
   *
   * @param socket - half-open: its two directions end separately. Its errors have a listener already
   */
  constructor(socket: LocalSocket, context: ConnectionContext, events: LocalConnectionEvents) {
    this.#socket = socket;
    this.#context = context;
    this.#events = events;
    this.#sink = writeTo(socket, context.budget);
    this.#source = readFrom(socket, {
      bytes: () => {
        this.#dispatch('program-bytes');
        events.bytes();
      },
      ended: () => this.#sourceEnded(),
    });
    socket.on('close', () => this.#dispatch('socket-closed'));
  }

  /** Nothing follows the bytes that wait, and the end must be sent to the target. */
  get sendingEnded(): boolean {
    return isSendingEnded(this.#state);
  }

  /** The socket is closed. */
  get closed(): boolean {
    return this.#state.kind === 'closed';
  }

  /** Bytes from the program that were not taken yet. */
  waiting(): number {
    return this.#source.waiting();
  }

  /** Takes up to `limit` bytes of them; undefined when none waits. */
  take(limit: number): Buffer | undefined {
    const bytes = this.#source.take(limit);
    this.#noteDrained();
    return bytes;
  }

  /** Passes bytes of the target on to the program. */
  deliver(bytes: Buffer): void {
    if (!acceptsTargetBytes(this.#state)) return;
    this.#idle?.received();
    this.#sink.write(bytes);
    this.#dispatch('target-bytes');
  }

  /** Another program waits for the end of this connection: the end is delayed only briefly. */
  shortenFinDelay(): void {
    this.#dispatch('queued');
  }

  /** The target has ended: delivers its bytes, then ends the connection. Drops the program's bytes. */
  finish(): void {
    this.#dispatch('target-ended');
  }

  /** Closes the connection at once. No event follows. */
  destroy(): void {
    this.#dispatch('abort');
  }

  #dispatch(event: ConnectionEvent): void {
    const { state, effects } = advanceConnection(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: ConnectionEffect): void {
    switch (effect.kind) {
      case 'check-peer':
        void this.#checkPeer(FIRST_RECHECK_MS);
        break;
      case 'await-acknowledgement':
        // The bytes that were taken last are sent after the call that took them.
        queueMicrotask(() =>
          this.#context.link.whenAcknowledged(() => this.#dispatch('acknowledged')),
        );
        break;
      case 'wait':
        this.#wait(effect.milliseconds);
        break;
      case 'send-fin':
        this.#events.sendingEnded();
        break;
      case 'end-program':
        this.#stopTimers();
        this.#source.discard();
        this.#socket.once('finish', () => this.#dispatch('delivered'));
        this.#sink.end();
        break;
      case 'linger':
        this.#timer = this.#context.clock.after(LOCAL_CLOSE_LINGER_MS, () =>
          this.#dispatch('timeout'),
        );
        break;
      case 'destroy':
        this.#socket.destroy();
        break;
      case 'release':
        this.#stopTimers();
        this.#sink.discard();
        break;
      case 'discard':
        this.#source.discard();
        break;
      case 'report-closed':
        this.#events.closed();
        break;
    }
  }

  #sourceEnded(): void {
    if (wasReset(this.#socket)) {
      this.#socket.destroy();
      return;
    }
    this.#dispatch('program-ended');
    this.#noteDrained();
  }

  #noteDrained(): void {
    if (this.#source.waiting() === 0) this.#dispatch('drained');
  }

  #wait(milliseconds: number): void {
    const { clock, link, budget } = this.#context;
    const isBusy = (): boolean => budget.paused || this.#sink.buffered() > 0;
    this.#idle?.cancel();
    this.#idle = startIdleTimer(clock, milliseconds, idleCountsFrom(clock, link, isBusy), () =>
      this.#dispatch('timeout'),
    );
  }

  /** Closes the socket of a program that has certainly closed. For others the timeout decides. */
  async #checkPeer(recheckAfter: number): Promise<void> {
    const isClosed = await this.#context.hasPeerClosed(this.#socket);
    if (!isFinPending(this.#state)) return;
    if (isClosed) {
      this.#socket.destroy();
      return;
    }
    this.#timer = this.#context.clock.after(recheckAfter, () => void this.#checkPeer(RECHECK_MS));
  }

  #stopTimers(): void {
    this.#idle?.cancel();
    this.#timer?.cancel();
  }
}

/**
 * The system reports a reset that finds bytes unread as an ordinary end. After it the address of the
 * other side is unknown; after an end it is known. Sockets without addresses are not TCP.
 */
function wasReset(socket: LocalSocket): boolean {
  return socket.localAddress !== undefined && socket.remoteAddress === undefined;
}
