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

const POSIX_SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGTERM', 'SIGHUP'] as const;
/** Closing the console window arrives as SIGHUP, Ctrl-C as SIGINT, Ctrl-Break as SIGBREAK. */
const WINDOWS_SIGNALS = { SIGINT: 'SIGINT', SIGBREAK: 'SIGINT', SIGHUP: 'SIGHUP' } as const;

/**
 * Listens to signals and watches the parent process. The AWS CLI starts the program with SIGINT,
 * SIGQUIT and SIGTSTP ignored; a handler of our own takes them back. When the caller dies without a
 * signal, the session would go on with nobody there.
 *
 * @returns stops listening
 */
export function watchSignals(
  source: SignalSource,
  clock: Clock,
  handler: (signal: SessionSignal) => void,
): () => void {
  const listeners = new Map<NodeJS.Signals, () => void>();
  const listen = (name: NodeJS.Signals, signal: SessionSignal): void => {
    const listener = (): void => handler(signal);
    listeners.set(name, listener);
    source.on(name, listener);
  };
  if (source.platform === 'win32') {
    listen('SIGINT', WINDOWS_SIGNALS.SIGINT);
    listen('SIGBREAK', WINDOWS_SIGNALS.SIGBREAK);
    listen('SIGHUP', WINDOWS_SIGNALS.SIGHUP);
  } else {
    for (const signal of POSIX_SIGNALS) listen(signal, signal);
  }
  const parent = source.ppid;
  const parentWatch = clock.every(PARENT_CHECK_MS, () => {
    if (isGone(source, parent)) {
      parentWatch.cancel();
      handler('parent-gone');
    }
  });
  return () => {
    parentWatch.cancel();
    for (const [name, listener] of listeners) source.off(name, listener);
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
}

/** Starts listening at once: a signal while the program still loads must not leave a session behind. */
export function holdSignals(source: SignalSource, clock: Clock): HeldSignals {
  const waiting: SessionSignal[] = [];
  let handler: ((signal: SessionSignal) => void) | undefined;
  const stop = watchSignals(source, clock, (signal) => {
    if (handler === undefined) waiting.push(signal);
    else handler(signal);
  });
  return {
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
