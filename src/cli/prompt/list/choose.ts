import { CommandError, type CommandContext } from '../../framework/command-context.ts';
import type { Failure } from '../../../lib/errors/failure.ts';
import type { Column } from '../../output/table.ts';
import type { NamedItem } from './pick-one.ts';
import { canPrompt } from '../prompt.ts';

/** Things of which one is meant. */
export interface Choice<Thing> {
  readonly question: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its name. */
  readonly rowOf: (thing: Thing) => readonly [name: string, ...others: string[]];
  readonly isDimmed?: (thing: Thing) => boolean;
  /** When there is none. */
  readonly none: () => Failure<'input'>;
  /** When there are several, and no person can choose. */
  readonly several: () => Failure<'input'>;
}

/**
 * The only one of some things; of several, the one that the person at the terminal chooses.
 *
 * @throws CommandError when there is none, or no user can choose
 */
export async function choose<Thing>(
  context: CommandContext,
  things: readonly Thing[],
  { question, columns, rowOf, isDimmed = () => false, none, several }: Choice<Thing>,
): Promise<Thing> {
  const [only] = things;
  if (only === undefined) throw new CommandError(none());
  if (things.length === 1) return only;
  if (!canPrompt(context)) throw new CommandError(several());
  const [{ pickOne }, { compareNaturally }] = await Promise.all([
    import('./pick-one.ts'),
    import('../../output/natural-order.ts'),
  ]);
  const items = things.map((thing): NamedItem & { readonly thing: Thing } => {
    const row = rowOf(thing);
    const isOfNoUse = isDimmed(thing);
    return { thing, row, searchText: row.join(' '), isDimmed: isOfNoUse, title: row[0] };
  });
  items.sort(
    (a, b) =>
      Number(a.isDimmed) - Number(b.isDimmed) || compareNaturally(a.searchText, b.searchText),
  );
  return (await pickOne(context, question, columns, items)).thing;
}
