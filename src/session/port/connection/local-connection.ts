import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../../lib/clock.ts';
import type { SessionLink } from '../../session-type.ts';
import { writeTo } from './byte-sink.ts';
import { readFrom } from './byte-source.ts';
import {
  CONNECTION_TRANSITIONS,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-state.ts';
import type { ReceiveBudget } from './receive-budget.ts';
import { ANSWER_TIMEOUT_MS, HOLD_MS, holdAfter, type Hold, type LastBytes } from './hold-back.ts';
import type { PortHost } from '../port-host.ts';
import { isIdleExcused, startIdleTimer, type IdleTimer } from './idle-timer.ts';

/**
 * After the target has ended and everything was delivered, a local program has so many milliseconds
 * to end its side, too. Until then what it sends is read and dropped: closing with unread bytes
 * would reset the connection and could take away what the program has not read yet.
 */
export const LOCAL_CLOSE_LINGER_MS = 5_000;
/**
 * When the system is asked whether a program has closed: at its end, soon after for one that ends its
 * sending direction before it closes, then once a second, which costs little.
 */
const FIRST_RECHECK_MS = 200;
const RECHECK_MS = 1_000;

/** The program has ended its sending direction or all of the connection; the target is not told yet. */
const MAY_BE_HALF_CLOSED: ReadonlySet<ConnectionState> = new Set([
  'draining',
  'unacknowledged',
  'held-back',
]);

/** One connection of a local program, on its way through the session. */
export interface LocalConnection {
  /** Nothing is to be sent behind what waits: the target is to be told. */
  readonly sendingEnded: boolean;
  /** The socket is gone. */
  readonly closed: boolean;
  /** Bytes from the program, not taken yet. */
  waiting(): number;
  /** Takes up to `limit` bytes of them; undefined when none waits. */
  take(limit: number): Buffer | undefined;
  /** Passes bytes of the target on to the program. */
  deliver(bytes: Buffer): void;
  /** Another program waits for this one's end: it is held back no longer than for one that had its answer. */
  retrySoon(): void;
  /** The target has ended: delivers what came, then ends the connection. Drops what waits. */
  finish(): void;
  /** Closes the connection at once. No event follows. */
  destroy(): void;
}

/** What a local connection reports. */
export interface LocalConnectionEvents {
  /** Bytes wait to be sent. */
  bytes(): void;
  /** Nothing is to be sent behind what waits now, and the target is to be told. Comes once. */
  sendingEnded(): void;
  /** The connection is gone, after `sendingEnded`. */
  closed(): void;
}

/** What all connections of a session share. */
export interface ConnectionContext {
  readonly clock: Clock;
  readonly link: Pick<SessionLink, 'whenAcknowledged' | 'receivingSince'>;
  readonly account: ReceiveBudget;
  readonly hasPeerClosed: PortHost['hasPeerClosed'];
}

/**
 * Takes over an accepted connection.
 *
 * @param socket - half-open: its two directions end separately. Its errors are listened to already
 */
export function serveConnection(
  socket: Socket,
  context: ConnectionContext,
  events: LocalConnectionEvents,
): LocalConnection {
  const { clock, link, account, hasPeerClosed } = context;
  let state: ConnectionState = 'open';
  let last: LastBytes = 'none';
  let hold: Hold = 'unused';
  let hurried = false;
  let reset = false;
  let silence: IdleTimer | undefined;
  let timer: Timer | undefined;

  const wait = (milliseconds: number): void => {
    silence?.cancel();
    silence = startIdleTimer(
      clock,
      milliseconds,
      isIdleExcused(clock, link, () => account.paused || sink.held() > 0),
      () => happened('waited'),
    );
  };
  const holdBack = (): void => wait(HOLD_MS[hurried ? 'answered' : hold]);
  /** A program that has closed answers bytes with a reset; one that goes on reading waits for more. */
  const holdForRest = (): void => {
    const wasAnswered = hold === 'answered';
    hold = 'for-answer';
    if (wasAnswered) void checkPeer(FIRST_RECHECK_MS);
    if (state === 'held-back') holdBack();
  };

  /** Ends the socket of a program that is known to have closed. The time without bytes does for others. */
  const checkPeer = async (recheckAfter: number): Promise<void> => {
    const isClosed = await hasPeerClosed(socket);
    if (!MAY_BE_HALF_CLOSED.has(state)) return;
    if (isClosed) socket.destroy();
    else timer = clock.after(recheckAfter, () => void checkPeer(RECHECK_MS));
  };

  const awaitAcknowledgement = (): void => {
    // What was taken last goes out behind the call that took it.
    queueMicrotask(() => link.whenAcknowledged(() => happened('acknowledged')));
  };

  const endProgram = (): void => {
    silence?.cancel();
    timer?.cancel();
    source.discard();
    socket.once('finish', () => happened('delivered'));
    sink.end();
  };

  const release = (): void => {
    silence?.cancel();
    timer?.cancel();
    sink.forget();
    // After a reset nobody cares for what was sent; after an orderly end it still arrives.
    if (!source.ended() || reset) source.discard();
  };

  const effects: Readonly<Record<ConnectionEffect, () => void>> = {
    'check-peer': () => {
      if (hold !== 'answered') void checkPeer(FIRST_RECHECK_MS);
    },
    'await-acknowledgement': awaitAcknowledgement,
    'hold-back': holdBack,
    'tell-target': () => events.sendingEnded(),
    'await-rest': () => wait(ANSWER_TIMEOUT_MS),
    'end-program': endProgram,
    linger: () => {
      timer = clock.after(LOCAL_CLOSE_LINGER_MS, () => happened('waited'));
    },
    destroy: () => void socket.destroy(),
    release,
  };

  const happened = (event: ConnectionEvent): void => {
    const transition = CONNECTION_TRANSITIONS[state][event];
    if (transition === undefined) return;
    state = transition.next;
    for (const effect of transition.effects) effects[effect]();
  };

  const noteSent = (): void => {
    if (state === 'draining' && source.waiting() === 0) happened('sent');
  };
  const sourceEnded = (): void => {
    reset = wasReset(socket);
    if (reset) {
      socket.destroy();
      return;
    }
    hold = holdAfter(last);
    happened('program-ended');
    noteSent();
  };

  const sink = writeTo(socket, account);
  const source = readFrom(socket, {
    bytes() {
      last = 'from-program';
      events.bytes();
    },
    ended: sourceEnded,
  });
  socket.on('close', () => {
    if (state === 'closed') return;
    happened('gone');
    events.closed();
  });

  return {
    get sendingEnded() {
      return state !== 'open' && !MAY_BE_HALF_CLOSED.has(state);
    },
    get closed() {
      return state === 'closed';
    },
    waiting: () => source.waiting(),
    take(limit) {
      const bytes = source.take(limit);
      noteSent();
      return bytes;
    },
    deliver(bytes) {
      if (state === 'finishing' || state === 'lingering' || state === 'closed') return;
      last = 'from-target';
      silence?.received();
      sink.write(bytes);
      if (MAY_BE_HALF_CLOSED.has(state) && hold !== 'for-answer') holdForRest();
    },
    retrySoon() {
      if (hurried) return;
      hurried = true;
      if (state === 'held-back') holdBack();
    },
    finish: () => happened('target-ended'),
    destroy() {
      happened('abandoned');
      source.discard();
    },
  };
}

/**
 * A reset that finds bytes unread is reported as an ordinary end. After it the system does not know
 * the other side's address any more; after an end it does. Sockets without addresses are not TCP.
 */
function wasReset(socket: Socket): boolean {
  return socket.localAddress !== undefined && socket.remoteAddress === undefined;
}
