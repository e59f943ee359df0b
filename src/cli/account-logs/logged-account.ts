import type { Failure } from '../../lib/errors/failure.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import { canPrompt } from '../prompt/prompt.ts';
import { optionalAnswer } from '../run/optional-answer.ts';
import { logsOf, PREFERENCES } from './session-preferences.ts';

/** What a command would bring into the log of an account. */
export interface LoggedContent {
  /** The rest of "the log will contain", such as `what you copy`. */
  readonly what: string;
  /** Asks a person whether to go on. */
  readonly question: string;
  /** @param where - the places of the log, in words */
  readonly refusal: (where: string) => Failure<'input'>;
}

/**
 * Where the account logs what sessions show, in words.
 *
 * @returns undefined when it does not, or this caller may not read the preferences
 * @throws AwsError when AWS cannot be reached
 */
export async function findLogs(context: CommandContext): Promise<string | undefined> {
  const calls = await context.aws.calls();
  const document = await optionalAnswer(context, calls.document(PREFERENCES), () => undefined);
  const places = document === undefined ? [] : logsOf(document.inputs);
  return places.length === 0 ? undefined : printable(places.join(' and '));
}

/**
 * Where the account logs sessions, all that sessions carry would be in that log. The user decides before anything is
 * sent. A caller that may not read the preferences can still use sessions.
 *
 * @param isAllowed - with `--allow-logged`: it is reported, and no question is asked
 * @throws CommandError when the user does not want it, or cannot be asked
 * @throws AwsError when AWS cannot be reached
 */
export async function checkLoggedAccount(
  context: CommandContext,
  { what, question, refusal }: LoggedContent,
  isAllowed: boolean,
): Promise<void> {
  const where = await findLogs(context);
  if (where === undefined) return;
  const notice = `This account logs sessions to ${where}: the log will contain ${what}.`;
  if (isAllowed) {
    context.output.notify(notice);
    return;
  }
  if (canPrompt(context) && (await context.terminal.inForeground())) {
    const { askForYes } = await import('../prompt/terminal-prompt.ts');
    if (await askForYes(context, `${notice} ${question}`)) return;
  }
  throw new CommandError(refusal(where));
}
