import search from '@inquirer/search';
import type { ManagedNode } from '../../aws/aws.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import { printable } from '../../lib/printable.ts';
import { matchesWords } from './match-words.ts';
import { prompt } from '../prompt/prompt.ts';
import { alignRows } from '../output/table.ts';

/** How the picker looks without colours. */
const PLAIN_THEME = {
  prefix: { idle: '?', done: '>' },
  style: {
    answer: plain,
    message: plain,
    error: plain,
    help: plain,
    highlight: plain,
    searchTerm: plain,
    disabled: plain,
    description: plain,
    keysHelpTip: (keys: [string, string][]) => keys.map((key) => key.join(' ')).join(', '),
  },
} as const;

/**
 * Lets the person choose one of several nodes: with the arrow keys, and by typing parts of what is
 * shown. Everything is drawn on stderr, so that stdout is the remote side's alone.
 *
 * @throws CommandError when the input ends; `ExitPromptError` on Ctrl-C (@inquirer/core)
 */
export async function pickNode(
  context: CommandContext,
  message: string,
  nodes: readonly ManagedNode[],
): Promise<ManagedNode> {
  const sorted = [...nodes].sort(byUse);
  const lines = alignRows(sorted.map(describeNode));
  const choices = sorted.map((value, i) => ({
    value,
    name: lines[i] ?? '',
    short: printable(value.id),
  }));
  let typed = '';
  const node = await prompt(context, (shown) =>
    search(
      {
        message: printable(message),
        initialValue: typed,
        source(term = '') {
          typed = term;
          return choices.filter(({ name }) => matchesWords(name, term));
        },
        ...(context.options.color ? {} : { theme: PLAIN_THEME }),
      },
      shown,
    ),
  );
  if (node === undefined) throw new CommandError('no target was chosen');
  return node;
}

/** The columns of a node in a list to choose from. */
export function describeNode(node: ManagedNode): readonly string[] {
  return [node.id, node.name, node.ipAddress, node.platform, node.pingStatus];
}

/** Nodes that can be used first, then by name. */
function byUse(a: ManagedNode, b: ManagedNode): number {
  const online = Number(b.pingStatus === 'Online') - Number(a.pingStatus === 'Online');
  if (online !== 0) return online;
  return `${a.name} ${a.id}` < `${b.name} ${b.id}` ? -1 : 1;
}

function plain(text: string): string {
  return text;
}
