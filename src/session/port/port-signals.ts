import type { SessionLink, SessionSignal } from '../session-type.ts';
import { SIGNAL_STATUS } from '../signal-status.ts';
import { TERMINATE_SIGNAL_TEXT } from './port-texts.ts';

/**
 * A port session has no remote terminal that could receive a signal. Each signal ends the session, except
 * SIGTSTP: it is ignored, because it would stop the connections of all local programs.
 */
export function endOnSignal(signal: SessionSignal, link: Pick<SessionLink, 'end'>): void {
  switch (signal) {
    case 'SIGINT':
    case 'SIGQUIT':
    case 'SIGTERM':
    case 'SIGHUP':
    case 'parent-exited':
      link.end({ kind: 'leave', text: TERMINATE_SIGNAL_TEXT, exitCode: 0 });
      break;
    case 'SIGUSR1':
      link.end({ kind: 'leave', text: TERMINATE_SIGNAL_TEXT, exitCode: SIGNAL_STATUS[signal] });
      break;
    case 'SIGTSTP':
      break;
  }
}
