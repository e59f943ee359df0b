import { createDeferred } from '../lib/deferred.ts';
import type { SessionSignal, SessionType } from './session-type.ts';
import { SIGNAL_STATUS } from './signal-status.ts';

/** Signals of one session, from its first text to its end. */
export interface SessionSignals {
  /** Resolves at a signal while the session is ending: nothing waits any longer then. */
  readonly interrupted: Promise<unknown>;
  /** The kind of session is known from now on. */
  begun(type: SessionType): void;
  /**
   * The exit status of a session that ends with `exitCode`: the status of a signal that arrived meanwhile, if
   * any.
   */
  statusAfter(exitCode: number): number;
  /** Listens no longer. */
  stop(): void;
}

/** What signals need of their session. */
export interface SignalledSession {
  readonly onSignal: (handler: (signal: SessionSignal) => void) => () => void;
  /** Whether SIGHUP ends it; one whose stdout is a byte stream (ssh's) ends on it in any case. */
  readonly hangUpEnds: boolean;
  readonly isEnding: () => boolean;
  /** Ends the session before its kind is known. */
  readonly leave: (exitCode: number) => void;
  /** A signal has just ended the session. */
  readonly ended: (signal: SessionSignal) => void;
}

/** What decides whether the end of a session by a signal is explained. */
interface SignalCircumstances {
  readonly isInteractive: boolean;
  /** Whether stdout is the byte stream of a port. */
  readonly stdoutIsData: boolean;
}

/** @returns why a signal ends the session; undefined when the user needs no notice */
export function signalReason(
  signal: SessionSignal,
  { isInteractive, stdoutIsData }: SignalCircumstances,
): string | undefined {
  const isKey = isInteractive && (signal === 'SIGINT' || signal === 'SIGQUIT');
  // The user pressed the key, so it needs no notice; and OpenSSH ends its ProxyCommand by SIGHUP.
  if (isKey || (signal === 'SIGHUP' && stdoutIsData)) return undefined;
  return signal === 'parent-exited' ? 'the calling program has ended' : `${signal} received`;
}

/** Starts listening at once: from the first text on, a signal must not end the program and leave the session running. */
export function listenToSignals(session: SignalledSession): SessionSignals {
  const { promise: interrupted, resolve: interrupt } = createDeferred<undefined>();
  let type: SessionType | undefined;
  /** SIGHUP came before it was known whether it ends this kind of session. */
  let isHungUp = false;
  let endingSignal: SessionSignal | undefined;
  let laterSignal: SessionSignal | undefined;

  const isIgnored = (signal: SessionSignal): boolean =>
    signal === 'SIGHUP' && !session.hangUpEnds && type?.stdout !== 'data';

  const take = (signal: SessionSignal): void => {
    if (type !== undefined) type.signal(signal);
    else if (signal !== 'SIGTSTP') session.leave(SIGNAL_STATUS[signal]);
    if (!session.isEnding()) return;
    endingSignal = signal;
    session.ended(signal);
  };

  const stop = session.onSignal((signal) => {
    if (isIgnored(signal)) {
      isHungUp = true;
    } else if (!session.isEnding()) {
      take(signal);
    } else if (signal !== 'SIGTSTP') {
      laterSignal ??= signal;
      interrupt(undefined);
    }
  });

  return {
    interrupted,
    begun(begunType) {
      type = begunType;
      if (isHungUp && !isIgnored('SIGHUP') && !session.isEnding()) take('SIGHUP');
    },
    statusAfter: (exitCode) =>
      laterSignal === undefined || endingSignal !== undefined
        ? exitCode
        : SIGNAL_STATUS[laterSignal],
    stop,
  };
}
