import { CommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import { canPrompt } from '../../../cli/prompt/prompt.ts';
import { fleetFailures, someOf } from '../../../failures/fleets.ts';
import type { Machine } from './machine.ts';

/**
 * Asks before the command runs on more than one machine. Without a terminal there is no question: a script has named the
 * machines itself, and its log has what the question would have.
 *
 * @param asks - false with `--yes`
 * @throws CommandError when the answer is not yes
 */
export async function confirmFleet(
  context: CommandContext,
  machines: readonly Machine[],
  asks: boolean,
): Promise<void> {
  if (machines.length === 1) return;
  const text = describeFleet(machines, await context.aws.region());
  const canAsk = asks && canPrompt(context) && (await context.terminal.inForeground());
  if (!canAsk) {
    context.output.notify(text);
    return;
  }
  const { askForYes } = await import('../../../cli/prompt/terminal-prompt.ts');
  if (await askForYes(context, `${text} Run it?`)) return;
  throw new CommandError(fleetFailures['fleet-declined']());
}

function describeFleet(machines: readonly Machine[], region: string): string {
  const names = someOf(machines.map(({ name }) => name));
  const windows = machines.filter(({ isWindows }) => isWindows).length;
  const user =
    windows === 0 ? 'root' : windows === machines.length ? 'SYSTEM' : 'root (on Windows as SYSTEM)';
  return (
    `The command runs as ${user} on ${machines.length} machines in ${region}: ${names}. ` +
    'AWS keeps its text in the history of Run Command.'
  );
}
