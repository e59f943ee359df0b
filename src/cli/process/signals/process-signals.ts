import type { Clock } from '../../../lib/clock.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import type { SessionSignal } from '../../../session/session-type.ts';

/** The process, as far as signals and its parent are concerned. */
export interface SignalSource {
  readonly platform: NodeJS.Platform;
  readonly ppid: number;
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  /** Throws ESRCH when there is no such process, EPERM when it belongs to another user. */
  kill(pid: number, signal: 0): boolean;
}

/** Interval of the check for the parent's exit, in milliseconds; there is no event for it. */
const PARENT_CHECK_MS = 250;

/** What ends a program: every signal except that of Ctrl-Z, and the exit of its caller. */
export type EndingSignal = Exclude<SessionSignal, 'SIGTSTP'>;

type SignalNames = readonly (readonly [NodeJS.Signals, EndingSignal])[];

const POSIX_ENDINGS: SignalNames = [
  ['SIGINT', 'SIGINT'],
  ['SIGQUIT', 'SIGQUIT'],
  ['SIGTERM', 'SIGTERM'],
  ['SIGHUP', 'SIGHUP'],
  // Without a listener it would open the debugger (cli/process/signals/shut-debugger.ts).
  ['SIGUSR1', 'SIGUSR1'],
];
/** Closing the console window arrives as SIGHUP, Ctrl-C as SIGINT, Ctrl-Break as SIGBREAK. */
const WINDOWS_ENDINGS: SignalNames = [
  ['SIGINT', 'SIGINT'],
  ['SIGBREAK', 'SIGINT'],
  ['SIGHUP', 'SIGHUP'],
];

/**
 * Listens to the signals that end a program. Ctrl-Z keeps its usual effect.
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
 * Listens to all signals. The AWS CLI starts the program with SIGINT, SIGQUIT and SIGTSTP ignored; a
 * handler makes them arrive again.
 *
 * @returns stops listening
 */
function watchSignals(source: SignalSource, handler: (signal: SessionSignal) => void): () => void {
  const stopEndings = watchEndings(source, handler);
  const stopSuspend = watchSuspend(source, () => handler('SIGTSTP'));
  return () => {
    stopEndings();
    stopSuspend();
  };
}

/** Listens to Ctrl-Z, which then stops nothing. @returns stops listening */
export function watchSuspend(source: SignalSource, handler: () => void): () => void {
  if (source.platform === 'win32') return () => undefined;
  source.on('SIGTSTP', handler);
  return () => void source.off('SIGTSTP', handler);
}

/**
 * Watches the parent process: when the caller dies without a signal, its session would continue without
 * a user. A program that leads a process session of its own was detached from its caller on purpose
 * (setsid(2)), and continues.
 *
 * @param isSessionLeader - is called when the parent has exited
 * @returns stops watching
 */
function watchParent(
  source: SignalSource,
  clock: Clock,
  isSessionLeader: () => Promise<boolean>,
  handler: (signal: SessionSignal) => void,
): () => void {
  const parent = source.ppid;
  let isWatching = true;
  const check = async (): Promise<void> => {
    if (!(await isSessionLeader()) && isWatching) handler('parent-exited');
  };
  const timer = clock.every(PARENT_CHECK_MS, () => {
    if (!hasExited(source, parent)) return;
    timer.cancel();
    void check();
  });
  return () => {
    isWatching = false;
    timer.cancel();
  };
}

function hasExited(source: SignalSource, parent: number): boolean {
  // Other systems give orphans a new parent; Windows keeps reporting the old number.
  if (source.platform !== 'win32') return source.ppid !== parent;
  return !isRunning(source, parent);
}

/** Whether a process of this machine runs, also one that gets no signals from this program. */
export function isRunning(source: Pick<SignalSource, 'kill'>, pid: number): boolean {
  try {
    source.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it has more rights, or is another user's, but it exists.
    return systemCode(error) !== 'ESRCH';
  }
}

/** Signals from the first moment on: they are buffered until there is a handler. */
export interface BufferedSignals {
  /** Calls back with each buffered and each later signal, until the returned function is called. */
  readonly onSignal: (handler: (signal: SessionSignal) => void) => () => void;
  /** Buffers signals again until the next handler. */
  readonly buffer: () => void;
  /** Stops listening. */
  readonly stop: () => void;
}

/** Starts listening at once: a signal while the program still loads must not leave a session open. */
export function bufferSignals(
  source: SignalSource,
  clock: Clock,
  isSessionLeader: () => Promise<boolean>,
): BufferedSignals {
  return bufferUntilHandled((handler) => {
    const stops = [
      watchSignals(source, handler),
      watchParent(source, clock, isSessionLeader, handler),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  });
}

/** @param watch - starts to call back, and returns a function that stops it */
export function bufferUntilHandled(
  watch: (handler: (signal: SessionSignal) => void) => () => void,
): BufferedSignals {
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
      // The owner of the handler is not ready yet at this call.
      queueMicrotask(() => {
        for (const signal of waiting.splice(0)) newHandler(signal);
      });
      return stop;
    },
    buffer() {
      handler = undefined;
    },
  };
}
