import { createDeferred } from '../../../lib/deferred.ts';
import type { SessionSignal } from '../../../session/session-type.ts';
import type {
  AcquiredSignals,
  CommandSignals,
} from '../../../cli/process/signals/command-signals.ts';
import {
  bufferUntilHandled,
  type EndingSignal,
} from '../../../cli/process/signals/process-signals.ts';

/** Signals of one session of a forwarding. */
export interface SessionEnding {
  readonly acquired: AcquiredSignals;
  /** Ends this session alone, as Ctrl-C ends all. */
  readonly end: () => void;
}

/**
 * Signals of a forwarding: it outlives its sessions, so that it has them while there is no session, too. A signal
 * ends the forwarding, and each of its sessions.
 */
export interface ForwardSignals {
  /** Whether it is being ended. */
  readonly isStopping: boolean;
  /** Resolves with the signal that ends it. */
  readonly stopping: Promise<EndingSignal>;
  /** Passes the signals to one more session, until that releases them. */
  forSession(): SessionEnding;
  /** Ends it, as Ctrl-C does. */
  stop(): void;
  release(): void;
}

/**
 * Acquires the signals of a command.
 *
 * @param takes - takes a signal that must not end the forwarding; by default none
 */
export function acquireForwardSignals(
  command: Pick<CommandSignals, 'acquire' | 'hangUpEnds'>,
  takes: (signal: SessionSignal) => boolean = () => false,
): ForwardSignals {
  const { signals, release } = command.acquire();
  const { promise: stopping, resolve: resolveStopping } = createDeferred<EndingSignal>();
  const sessions = new Set<(signal: SessionSignal) => void>();
  let isStopping = false;

  const isEnding = (signal: SessionSignal): signal is EndingSignal =>
    signal !== 'SIGTSTP' && (signal !== 'SIGHUP' || command.hangUpEnds);
  const pass = (signal: SessionSignal): void => {
    if (isEnding(signal)) {
      isStopping = true;
      resolveStopping(signal);
    }
    for (const receive of [...sessions]) receive(signal);
  };
  signals.onSignal((signal) => {
    if (!takes(signal)) pass(signal);
  });

  return {
    get isStopping() {
      return isStopping;
    },
    stopping,
    forSession() {
      let end = (): void => undefined;
      const own = bufferUntilHandled((receive) => {
        sessions.add(receive);
        end = () => {
          if (sessions.has(receive)) receive('SIGINT');
        };
        return () => void sessions.delete(receive);
      });
      return { acquired: { signals: own, release: own.stop }, end };
    },
    stop: () => pass('SIGINT'),
    release,
  };
}
