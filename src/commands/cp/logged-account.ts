import { copyFailures } from '../../failures/copies/copy.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { canPrompt } from '../../cli/prompt/prompt.ts';
import { logsOf, PREFERENCES } from '../../cli/remote/session-preferences.ts';
import { optionalAnswer } from '../../cli/run/optional-answer.ts';
import { printable } from '../../lib/printable.ts';

/**
 * Where the account logs sessions, all that is copied would be in that log. The user decides before anything is sent.
 * A caller that may not read the preferences can still copy.
 *
 * @param isAllowed - with `--allow-logged`: it is reported, and no question is asked
 * @throws CommandError when the user does not want it, or cannot be asked
 * @throws AwsError when AWS cannot be reached
 */
export async function checkLoggedAccount(
  context: CommandContext,
  isAllowed: boolean,
): Promise<void> {
  const calls = await context.aws.calls();
  const document = await optionalAnswer(context, calls.document(PREFERENCES), () => undefined);
  const places = document === undefined ? [] : logsOf(document.inputs);
  if (places.length === 0) return;
  const where = printable(places.join(' and '));
  if (isAllowed) {
    context.output.notify(
      `This account logs sessions to ${where}: the log will contain what you copy.`,
    );
    return;
  }
  if (canPrompt(context) && (await context.terminal.inForeground())) {
    const { askForYes } = await import('../../cli/prompt/terminal-prompt.ts');
    const question = `This account logs sessions to ${where}: the log will contain what you copy. Copy all the same?`;
    if (await askForYes(context, question)) return;
  }
  throw new CommandError(copyFailures['copy-logged'](where));
}
