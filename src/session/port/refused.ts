import type { SessionLink, SessionType } from '../session-type.ts';
import { endOnSignal } from './signals.ts';

/** A session that cannot start: it says why as soon as it is asked to. */
export function createRefusedSession(reason: string, link: SessionLink): SessionType {
  return {
    stdout: 'text',
    exitStatus: undefined,
    start: () => link.end({ kind: 'cannot-start', reason }),
    receive: () => false,
    next: () => undefined,
    signal: (signal) => endOnSignal(signal, link),
    finish: () => Promise.resolve(),
    close: () => undefined,
  };
}
