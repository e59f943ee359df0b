import { commandFailures } from '../../../failures/commands.ts';
import { printable } from '../../../lib/printable.ts';
import { CommandError, type CommandContext } from '../../framework/command-context.ts';
import type { Column } from '../../output/table.ts';
import { releaseTerminal } from '../../progress/release-terminal.ts';
import { pickFromList } from './pick-from-list.ts';
import type { PickItem } from './pick-list.ts';
import { pickedLine } from './view-list.ts';

/** An item of a list, and how the line names it that stays on the screen. */
export interface NamedItem extends PickItem {
  readonly title: string;
}

/**
 * Lets the person choose one of several items: with the arrow keys, and by typing words that an item contains. The choice
 * stays on the screen as a line. Everything is drawn on stderr, so that stdout is the remote side's alone.
 * @throws CommandError when the input ends; PickerCancelledError on Ctrl-C and Esc
 */
export async function pickOne<Item extends NamedItem>(
  context: CommandContext,
  message: string,
  columns: readonly Column[],
  items: readonly Item[],
): Promise<Item> {
  const asked = printable(message);
  const { color, quiet } = context.options;
  const resume = releaseTerminal(context);
  try {
    const index = await pickFromList(context, { message: asked, columns, items }, color);
    const item = index === undefined ? undefined : items[index];
    if (item === undefined) throw new CommandError(commandFailures['target-not-chosen']());
    if (!quiet) context.output.stderr.write(`${pickedLine(asked, item.title, color)}\n`);
    return item;
  } finally {
    resume();
  }
}
