import type { AgentOptions, LocalSession } from '../../../local-aws/local-aws.ts';
import type { PipedProgram } from '../../support/piped-program.ts';
import { PROMPT } from '../../support/target.ts';

/** An agent that does not know the TerminateSession flag: only the service can end its session. */
export const AGENT_WITHOUT_FLAG: AgentOptions = { version: '2.3.722.0' };

/** Has a shell in pipes resume its session after a cut, and then end it on the service. */
export async function resumeAndTerminate(
  program: PipedProgram,
  session: LocalSession,
): Promise<void> {
  await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
  session.cutClient();
  program.stdin.write('echo ba""ck\n');
  await program.stdout.until('the answer', (text) => text.includes('back'));
  program.kill('SIGTERM');
  await program.end();
}
