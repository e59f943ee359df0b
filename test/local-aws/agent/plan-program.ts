import type { SessionPlan } from '../session-request.ts';
import type { StartProgram } from './program.ts';
import { shellProgram } from './shell-program.ts';

/** Chooses what runs for a session. */
export function planProgram(plan: SessionPlan): StartProgram {
  switch (plan.kind) {
    case 'shell':
      return shellProgram(plan.command);
    case 'command':
    case 'port':
      throw new Error(`not there yet: ${plan.kind}`);
  }
}
