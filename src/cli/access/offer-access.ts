import type { AccessCalls } from '../../aws/access-calls.ts';
import type { SessionRequest } from '../../aws/aws.ts';
import { AwsError } from '../../aws/sdk/aws-error.ts';
import { accessFailures } from '../../failures/access.ts';
import { printable } from '../../lib/printable.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { commandWith } from '../invocation/command-with.ts';
import { canPrompt } from '../prompt/prompt.ts';
import { findAccessWay, requestText } from './access-way.ts';

/** What StartAccessRequest accepts as `Reason` (Systems Manager API). */
const REASON = /^.{0,256}$/;

/**
 * Asks the user for the reason to request access to a node.
 *
 * @param error - why no session was started
 * @throws AwsError when access cannot be requested, there is no person to ask, or the user declines
 */
export async function offerAccess(
  context: CommandContext,
  calls: AccessCalls,
  request: SessionRequest,
  error: AwsError,
): Promise<string> {
  const { target, targetTitle = printable(target), reason: given } = request;
  const way = await findAccessWay(calls, context.clock, target);
  if (way.kind === 'none') throw error;
  if (way.kind === 'requested') {
    const { id, state } = way.request;
    const use = state === 'Approved' ? 'use' : 'wait for';
    const command = commandWith(context.args, ['--access', printable(id)]);
    throw new AwsError(
      accessFailures['access-requested'](error.problem, requestText(way.request), use, command),
      error.awsName,
    );
  }
  const reason = await askForReason(context, targetTitle, given);
  if (reason !== '') return reason;
  const words = ['--request-access', ...(given === undefined ? ['--reason', '…'] : [])];
  const command = commandWith(context.args, words);
  throw new AwsError(
    accessFailures['access-request-needed'](error.problem, command),
    error.awsName,
  );
}

/** @returns empty when there is no person to ask, or the person declines */
async function askForReason(
  context: CommandContext,
  title: string,
  given: string | undefined,
): Promise<string> {
  const { options, terminal } = context;
  if (options.json || !canPrompt(context) || !(await terminal.inForeground())) return '';
  const { askForText, askForYes } = await import('../prompt/terminal-prompt.ts');
  const question = `You need an approved request for sessions on ${title}.`;
  if (given !== undefined) {
    const isWanted = await askForYes(context, `${question} Request access with this reason?`);
    return isWanted ? given : '';
  }
  const format = { pattern: REASON, problem: 'The reason has at most 256 characters.' };
  const answer = await askForText(
    context,
    `${question} To request access, type the reason; Enter alone cancels:`,
    format,
  );
  return (answer ?? '').trim();
}
