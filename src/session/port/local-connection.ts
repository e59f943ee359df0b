import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../clock.ts';
import type { SessionLink } from '../session-type.ts';
import { writeTo } from './byte-sink.ts';
import { readFrom } from './byte-source.ts';
import type { HeldBytes } from './held-bytes.ts';
import { silenceExcuse, watchSilence, type SilenceWatch } from './silence.ts';

/**
 * A local program that has ended its sending direction still gets its answer; after so many
 * milliseconds without a byte of it the target is told about the end, which cuts the answer off
 * (data-channel protocol, "smux version 1": a few seconds). Time runs once the target has received
 * all that the program sent.
 */
export const HALF_CLOSE_SILENCE_MS = 5_000;
/**
 * After the target has ended and everything was delivered, a local program has so many milliseconds
 * to end its side, too. Until then what it sends is read and dropped: closing with unread bytes
 * would reset the connection and could take away what the program has not read yet.
 */
export const LOCAL_CLOSE_LINGER_MS = 5_000;

/** One connection of a local program, on its way through the session. */
export interface LocalConnection {
  /** Bytes from the program, not taken yet. */
  waiting(): number;
  /** Takes up to `limit` bytes of them; undefined when none waits. */
  take(limit: number): Buffer | undefined;
  /** Passes bytes of the target on to the program. */
  deliver(bytes: Buffer): void;
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
  sendingOver(): void;
  /** The connection is gone, after `sendingOver`. */
  closed(): void;
}

/** What all connections of a session share. */
export interface ConnectionContext {
  readonly clock: Clock;
  readonly link: Pick<SessionLink, 'whenAcknowledged' | 'connectedSince'>;
  readonly account: HeldBytes;
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
  const { clock, link, account } = context;
  let sendingOver = false;
  let watching = false;
  let finishing = false;
  let reset = false;
  let closed = false;
  let silence: SilenceWatch | undefined;
  let linger: Timer | undefined;

  const endSending = (): void => {
    if (sendingOver) return;
    sendingOver = true;
    events.sendingOver();
  };

  const startSilence = (onSilence: () => void): void => {
    if (closed || finishing) return;
    silence = watchSilence(
      clock,
      HALF_CLOSE_SILENCE_MS,
      silenceExcuse(clock, link, () => account.paused || sink.held() > 0),
      onSilence,
    );
  };
  const sourceEnded = (): void => {
    reset = wasReset(socket);
    if (reset) socket.destroy();
    else watchHalfClosed();
  };
  const watchHalfClosed = (): void => {
    if (watching || sendingOver || !source.ended() || source.waiting() > 0) return;
    watching = true;
    // What was taken last goes out behind the call that took it.
    queueMicrotask(() =>
      link.whenAcknowledged(() =>
        startSilence(() => {
          endSending();
          // The answer may be under way while the target learns of the end.
          startSilence(finish);
        }),
      ),
    );
  };

  const finish = (): void => {
    if (finishing || closed) return;
    finishing = true;
    silence?.cancel();
    source.discard();
    socket.once('finish', () => {
      if (!closed) linger = clock.after(LOCAL_CLOSE_LINGER_MS, () => socket.destroy());
    });
    sink.end();
    endSending();
  };

  const release = (): void => {
    closed = true;
    silence?.cancel();
    linger?.cancel();
    sink.forget();
  };

  const sink = writeTo(socket, account);
  const source = readFrom(socket, { bytes: () => events.bytes(), ended: sourceEnded });
  socket.on('close', () => {
    if (closed) return;
    release();
    // After a reset nobody cares for what was sent; after an orderly end it still arrives.
    if (!source.ended() || reset) source.discard();
    endSending();
    events.closed();
  });

  return {
    waiting() {
      return source.waiting();
    },
    take(limit) {
      const bytes = source.take(limit);
      watchHalfClosed();
      return bytes;
    },
    deliver(bytes) {
      if (finishing || closed) return;
      silence?.heard();
      sink.write(bytes);
    },
    finish,
    destroy() {
      if (closed) return;
      release();
      source.discard();
      socket.destroy();
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
