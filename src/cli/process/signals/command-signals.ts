import { createDeferred } from '../../../lib/deferred.ts';
import type { SessionSignal } from '../../../session/session-type.ts';
import {
  bufferUntilHandled,
  watchEndings,
  watchSuspend,
  type EndingSignal,
  type BufferedSignals,
  type SignalSource,
} from './process-signals.ts';

/**
 * Signals of one command of the program, from its start on. Only these end the command: it does not end
 * with its caller, like any other program.
 */
export interface CommandSignals {
  /** Signals that end the command, while no session listens. Ctrl-Z is not among them. */
  readonly own: BufferedSignals;
  /** Whether SIGHUP ends the command (`hangUpEnds`). */
  readonly hangUpEnds: boolean;
  /** Whether a session has acquired them. */
  readonly areAcquired: boolean;
  /** Resolves with the first signal that may end the command, or a session of it. */
  readonly received: Promise<EndingSignal>;
  /** Gives the signals to a session that is about to start, until it releases them. */
  acquire(): AcquiredSignals;
  /** The same for work without a terminal of the target: Ctrl-Z stops the program, as it stops any other. */
  acquireEndings(): AcquiredSignals;
}

/** Signals that a session has acquired. */
export interface AcquiredSignals {
  readonly signals: BufferedSignals;
  /** The session has ended. Idempotent. After the last one, signals go to the command again. */
  readonly release: () => void;
}

/** Takes the signals of the process for a command of the program, at once. */
export function watchCommandSignals(source: SignalSource, hangUpEnds: boolean): CommandSignals {
  const { promise: received, resolve: receive } = createDeferred<EndingSignal>();
  const listening = new Set<(signal: SessionSignal) => void>();
  const acquired = new Set<BufferedSignals>();
  let takingSuspend = 0;
  let stopSuspend = (): void => undefined;
  const notifySessions = (signal: SessionSignal): void => {
    for (const listener of [...listening]) listener(signal);
  };
  const isIgnored = (signal: EndingSignal): boolean => signal === 'SIGHUP' && !hangUpEnds;
  const listen = (takesSuspend: boolean): BufferedSignals =>
    bufferUntilHandled((handler) => {
      // Without a session Ctrl-Z stops the program.
      if (takesSuspend && takingSuspend++ === 0) {
        stopSuspend = watchSuspend(source, () => notifySessions('SIGTSTP'));
      }
      listening.add(handler);
      return () => {
        if (!listening.delete(handler) || !takesSuspend) return;
        takingSuspend--;
        if (takingSuspend === 0) stopSuspend();
      };
    });
  const acquire = (takesSuspend: boolean): AcquiredSignals => {
    const signals = listen(takesSuspend);
    acquired.add(signals);
    return {
      signals,
      release() {
        signals.stop();
        acquired.delete(signals);
      },
    };
  };
  return {
    own: bufferUntilHandled((handler) =>
      watchEndings(source, (signal) => {
        if (!isIgnored(signal)) receive(signal);
        // A session that has ended no longer listens: later signals go to the command.
        if (listening.size > 0) notifySessions(signal);
        else if (!isIgnored(signal)) handler(signal);
      }),
    ),
    hangUpEnds,
    get areAcquired() {
      return acquired.size > 0;
    },
    received,
    acquire: () => acquire(true),
    acquireEndings: () => acquire(false),
  };
}

/**
 * Resolves with the next signal that ends a program.
 *
 * @param hangUpEnds - whether SIGHUP is one
 */
export function nextEnding(signals: BufferedSignals, hangUpEnds = true): Promise<EndingSignal> {
  return new Promise((resolve) => {
    signals.onSignal((signal) => {
      if (signal !== 'SIGTSTP' && (signal !== 'SIGHUP' || hangUpEnds)) resolve(signal);
    });
  });
}
