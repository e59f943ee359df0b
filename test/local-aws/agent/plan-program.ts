import type { SessionPlan } from '../session-request.ts';
import type { AgentOptions } from './agent-options.ts';
import { commandProgram } from './command-program.ts';
import type { StartProgram } from './program.ts';
import { shellProgram } from './shell-program.ts';

/** Chooses what runs for a session. */
export function planProgram(plan: SessionPlan, options: AgentOptions): StartProgram {
  switch (plan.kind) {
    case 'shell':
      return shellProgram(plan.command);
    case 'command':
      return commandProgram(plan.command, options.separateOutputStream ?? plan.separateOutput);
    case 'port':
      throw new Error(`not there yet: ${plan.kind}`);
  }
}
