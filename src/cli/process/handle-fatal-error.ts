import { failureOf } from '../../lib/errors/program-error.ts';
import { messageOf } from '../../lib/errors/failure.ts';
import { isOutputError } from '../../lib/errors/output-error.ts';
import type { Invocation } from '../invocation/caller-contract.ts';
import { endOrphanSession } from '../run/orphan-sessions.ts';
import { asksForJson, internalFailure, programFailure } from '../run/json-failures.ts';
import { printError } from './print.ts';

/** Exit status of a failure for callers such as the AWS CLI. */
const EXIT_FAILURE = 1;
/** Exit status of a failure of the program's commands, as of ssh. */
const EXIT_OWN_FAILURE = 255;

/**
 * Handles an error that nothing else has handled: reports it on stderr in one line, and ends the session
 * that the caller has started, if there is one.
 *
 * @param args - argv without program names
 * @returns the exit status of the program
 */
export async function handleFatalError(
  thrown: unknown,
  invocation: Invocation,
  args: readonly string[],
): Promise<number> {
  const isOwn = invocation.kind === 'subcommand';
  const reason = isOutputError(thrown) ? 'output' : 'internal';
  const failure =
    reason === 'output' ? failureOf(thrown) : internalFailure(thrown, isOwn ? 'command' : 'plugin');
  const report = { reason, code: failure.code, message: messageOf(failure) } as const;
  await printError(programFailure(report, isOwn && asksForJson(args)));
  if (invocation.kind === 'start-session') await endOrphanSession(invocation.session);
  return isOwn ? EXIT_OWN_FAILURE : EXIT_FAILURE;
}
