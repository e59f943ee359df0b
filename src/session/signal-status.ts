import type { SessionSignal } from './session-type.ts';

/**
 * Exit status of a program that a signal has ended: 128 and the signal's number (POSIX shells). The
 * exit of the caller counts as SIGHUP.
 */
export const SIGNAL_STATUS: Readonly<Record<SessionSignal, number>> = {
  SIGHUP: 129,
  SIGUSR1: 138,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGTERM: 143,
  SIGTSTP: 148,
  'parent-exited': 129,
};
