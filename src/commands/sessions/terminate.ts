import type { OpenSession, SessionCalls } from '../../aws/aws.ts';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../cli/framework/failure.ts';
import { printJson } from '../../cli/output/print-list.ts';
import { wrapMessage } from '../../cli/output/wrap-message.ts';
import { canPrompt } from '../../cli/prompt/prompt.ts';
import { commandFailures } from '../../failures/commands.ts';
import { printable } from '../../lib/printable.ts';
import { isoText, timeText } from '../../cli/output/time-text.ts';

/** Which sessions are ended. */
export interface TerminateRequest {
  readonly ids: readonly string[];
  /** Whether all open sessions of the caller are. */
  readonly isOwn: boolean;
  /** False with `--yes`. */
  readonly asks: boolean;
}

/** A session to end; only the id is known when they cannot be listed. */
type Ending = Pick<OpenSession, 'sessionId'> & Partial<OpenSession>;

/**
 * Ends sessions, and sets the exit status. One that cannot be ended is reported, and the others are ended.
 *
 * @throws CommandError for an empty id, or when the user does not want it
 * @throws AwsError when the caller's sessions cannot be listed
 */
export async function terminateSessions(
  context: CommandContext,
  { ids, isOwn, asks }: TerminateRequest,
): Promise<void> {
  if (ids.includes('')) throw new CommandError(commandFailures['session-id-empty']());
  const calls = await context.aws.calls();
  const open = isOwn ? await calls.openSessions() : await knownSessions(calls);
  const named = [...new Set(ids)].map(
    (sessionId): Ending => open.find((one) => one.sessionId === sessionId) ?? { sessionId },
  );
  const others = isOwn ? open.filter(({ sessionId }) => !ids.includes(sessionId)) : [];
  const endings = [...named, ...others];
  if (endings.length === 0) {
    context.output.notify(`You have no open session in ${await context.aws.region()}.`);
  }
  if (endings.length > 1 && asks) await confirm(context, endings);
  const ended: object[] = [];
  for (const session of endings) {
    try {
      await calls.terminateSession(session.sessionId);
    } catch (error) {
      if (!isAwsError(error)) throw error;
      context.output.reportError(error);
      context.exitWith(EXIT_OWN_FAILURE);
      continue;
    }
    ended.push(withTime(session));
    if (!context.options.json) await printEnded(context, session);
  }
  if (!context.options.json) return;
  const [only] = ended;
  if (isOwn || endings.length > 1) await printJson(context, { terminated: ended });
  else if (only !== undefined) await printJson(context, { terminated: only });
}

/** Ending a session needs no permission to list sessions; without it, only the id is known. */
async function knownSessions(calls: SessionCalls): Promise<readonly OpenSession[]> {
  try {
    return await calls.openSessions();
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return [];
  }
}

/** @throws CommandError when the answer is not yes */
async function confirm(context: CommandContext, endings: readonly Ending[]): Promise<void> {
  if (!canPrompt(context) || !(await context.terminal.inForeground())) return;
  const list = endings.map(({ sessionId, target }) => {
    return printable(target === undefined ? sessionId : `${sessionId} on ${target}`);
  });
  const { askForYes } = await import('../../cli/prompt/terminal-prompt.ts');
  const question = `These ${endings.length} sessions will be ended: ${list.join(', ')}. End them?`;
  if (await askForYes(context, question)) return;
  throw new CommandError(commandFailures['sessions-kept']());
}

async function printEnded(
  { output, terminal }: CommandContext,
  { sessionId, target, startedAt }: Ending,
): Promise<void> {
  const details =
    target === undefined || startedAt === undefined
      ? ''
      : ` on ${target}, open since ${timeText(startedAt)},`;
  const text = printable(`Session ${sessionId}${details} has been ended.`);
  await output.print(`${wrapMessage(text, terminal.columns ?? 0)}\n`);
}

function withTime(session: Ending): object {
  const { startedAt } = session;
  return startedAt === undefined ? session : { ...session, startedAt: isoText(startedAt) };
}
