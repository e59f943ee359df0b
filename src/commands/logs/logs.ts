import type { Command } from 'commander';
import { callSupervisor, type Answer } from '../../cli/background/call-supervisor.ts';
import { chosenConnections, connectionsUp } from '../../cli/background/connections-up.ts';
import { timeText } from '../../cli/background/show-status.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { printable, printableJson } from '../../lib/printable.ts';

/** `logs [NAMES...] [-f]`: the last messages of connections that are up. */
export function configureLogs(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Prints the last messages of connections that are up, the oldest first. They are kept in memory, as long as ' +
        'the connection is up: the last 64 KiB of each.',
    )
    .argument('[connections...]', 'names of connections; without one, all that are up')
    .option(
      '-f, --follow',
      'print new messages, too, until the connections are down or you press Ctrl-C',
    )
    .action(async (names: readonly string[], { follow = false }: { readonly follow?: boolean }) => {
      const { connections } = await connectionsUp(context);
      const chosen = chosenConnections(connections, names).map(({ name }) => name);
      if (chosen.length === 0) {
        context.output.notify('No connection is up.');
        return;
      }
      await printLines(context, names.length === 0 ? [] : chosen, follow);
    });
  return { examples: examples('logs db', 'logs --follow') };
}

async function printLines(
  context: CommandContext,
  names: readonly string[],
  follow: boolean,
): Promise<void> {
  const call = await callSupervisor(context, { request: 'logs', names, follow });
  if (call === undefined) return;
  const { stdout } = context.output;
  // The reader, such as head, has what it wants.
  stdout.on('close', call.close);
  for await (const answer of call.answers) {
    if (answer.reply === 'end') break;
    const text = lineOf(answer, context.options.json);
    if (text !== undefined) await context.output.print(`${text}\n`);
    if (stdout.destroyed) break;
  }
}

/** @returns undefined for an answer that is no line */
function lineOf(answer: Answer, asJson: boolean): string | undefined {
  if (answer.reply === 'line') {
    const { name, text } = answer;
    const time = timeText(answer.time);
    return asJson
      ? printableJson({ time, name, text })
      : `${time} ${printable(name)}: ${printable(text)}`;
  }
  if (answer.reply !== 'dropped') return undefined;
  const { lines } = answer;
  return asJson
    ? printableJson({ dropped: lines })
    : `${lines} ${lines === 1 ? 'message was' : 'messages were'} dropped, because they were not read.`;
}
