import type { Clock } from '../clock.ts';
import type { SessionSignal } from '../session/session-type.ts';

/** The process, as far as signals and its parent are concerned. */
export interface SignalSource {
  readonly platform: NodeJS.Platform;
  readonly ppid: number;
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  /** Throws ESRCH when there is no such process, EPERM when it is somebody else's. */
  kill(pid: number, signal: 0): boolean;
}

/** A parent's death is noticed within this; there is no event for it. */
const PARENT_CHECK_MS = 250;

/** What ends a program: every signal but that of Ctrl-Z, and its caller's death. */
export type EndingSignal = Exclude<SessionSignal, 'SIGTSTP'>;

type SignalNames = readonly (readonly [NodeJS.Signals, EndingSignal])[];

const POSIX_ENDINGS: SignalNames = [
  ['SIGINT', 'SIGINT'],
  ['SIGQUIT', 'SIGQUIT'],
  ['SIGTERM', 'SIGTERM'],
  ['SIGHUP', 'SIGHUP'],
];
/** Closing the console window arrives as SIGHUP, Ctrl-C as SIGINT, Ctrl-Break as SIGBREAK. */
const WINDOWS_ENDINGS: SignalNames = [
  ['SIGINT', 'SIGINT'],
  ['SIGBREAK', 'SIGINT'],
  ['SIGHUP', 'SIGHUP'],
];

/**
 * Listens to the signals that end a program. Ctrl-Z stays what it is anywhere.
 *
 * @returns stops listening
 */
export function watchEndings(
  source: SignalSource,
  handler: (signal: EndingSignal) => void,
): () => void {
  const names = source.platform === 'win32' ? WINDOWS_ENDINGS : POSIX_ENDINGS;
  const listeners = names.map(([name, signal]) => {
    const listener = (): void => handler(signal);
    source.on(name, listener);
    return [name, listener] as const;
  });
  return () => {
    for (const [name, listener] of listeners) source.off(name, listener);
  };
}

/**
 * Listens to all signals and watches the parent process. The AWS CLI starts the program with SIGINT,
 * SIGQUIT and SIGTSTP ignored; a handler of our own takes them back. When the caller dies without a
 * signal, the session would go on with nobody there.
 *
 * @param parent - process id of whoever started the program, for one that has run for a while
 * @returns stops listening
 */
export function watchSignals(
  source: SignalSource,
  clock: Clock,
  handler: (signal: SessionSignal) => void,
  parent = source.ppid,
): () => void {
  const stopEndings = watchEndings(source, handler);
  const suspend = (): void => handler('SIGTSTP');
  if (source.platform !== 'win32') source.on('SIGTSTP', suspend);
  const parentWatch = clock.every(PARENT_CHECK_MS, () => {
    if (isGone(source, parent)) {
      parentWatch.cancel();
      handler('parent-gone');
    }
  });
  return () => {
    parentWatch.cancel();
    stopEndings();
    source.off('SIGTSTP', suspend);
  };
}

function isGone(source: SignalSource, parent: number): boolean {
  // Elsewhere orphans get a new parent; Windows keeps telling the old number.
  if (source.platform !== 'win32') return source.ppid !== parent;
  try {
    source.kill(parent, 0);
    return false;
  } catch (error) {
    // The caller may run with more rights, and then it cannot be asked, but is there.
    return error instanceof Error && Reflect.get(error, 'code') === 'ESRCH';
  }
}

/** Signals from the first moment on: those that nobody has asked for yet wait. */
export interface HeldSignals {
  /** Calls back with what waits and with each that follows, until the returned function is called. */
  readonly onSignal: (handler: (signal: SessionSignal) => void) => () => void;
  /** Lets signals wait again for the next that asks. */
  readonly hold: () => void;
  /** Listens no longer. */
  readonly stop: () => void;
}

/**
 * Starts listening at once: a signal while the program still loads must not leave a session behind.
 *
 * @param parent - as for `watchSignals`
 */
export function holdSignals(source: SignalSource, clock: Clock, parent?: number): HeldSignals {
  return holdWhatComes((handler) => watchSignals(source, clock, handler, parent));
}

/** @param watch - begins to call back, and returns what ends that */
export function holdWhatComes(
  watch: (handler: (signal: SessionSignal) => void) => () => void,
): HeldSignals {
  const waiting: SessionSignal[] = [];
  let handler: ((signal: SessionSignal) => void) | undefined;
  const stop = watch((signal) => {
    if (handler === undefined) waiting.push(signal);
    else handler(signal);
  });
  return {
    stop,
    onSignal(newHandler) {
      handler = newHandler;
      // The handler's owner is still being made when it asks.
      queueMicrotask(() => {
        for (const signal of waiting.splice(0)) newHandler(signal);
      });
      return stop;
    },
    hold() {
      handler = undefined;
    },
  };
}

/**
 * The same signals for a session that goes on without whoever has started the program: the caller's
 * death is not among them.
 */
export function withoutParent(signals: HeldSignals): HeldSignals {
  return {
    ...signals,
    onSignal: (handler) =>
      signals.onSignal((signal) => {
        if (signal !== 'parent-gone') handler(signal);
      }),
  };
}
