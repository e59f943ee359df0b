import type { SessionSignal } from './session-type.ts';

/** Says why a session ends that a signal has ended, or its caller's death. A sentence. */
export function signalText(sessionId: string, signal: SessionSignal): string {
  const reason = signal === 'parent-exited' ? 'the calling program has gone' : `${signal} received`;
  return `Session ${sessionId} ends: ${reason}.`;
}
