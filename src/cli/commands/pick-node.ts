import type { Key } from 'node:readline';
import search from '@inquirer/search';
import type { ManagedNode } from '../../aws/fleet.ts';
import { CommandError, type CommandContext } from './command-context.ts';
import { matchesWords } from './match-words.ts';
import { alignRows } from './table.ts';

/** Name of the error of a prompt that a signal has ended (@inquirer/core). */
const PICKER_CLOSED = 'AbortPromptError';

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

/** Whether the person can be asked: they see stderr, and their keys come from stdin. */
export function canPick({ terminal }: Pick<CommandContext, 'terminal'>): boolean {
  return terminal.stdin && terminal.stderr;
}

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
  const choices = sorted.map((value, i) => ({ value, name: lines[i] ?? '', short: value.id }));
  let typed = '';
  for (;;) {
    const answer = await ask(context, {
      message,
      initialValue: typed,
      source(term = '') {
        typed = term;
        return choices.filter(({ name }) => matchesWords(name, term));
      },
      ...(context.options.color ? {} : { theme: PLAIN_THEME }),
    });
    if (answer !== 'suspended') return answer;
    context.terminal.suspend();
  }
}

/** Why a picker is taken away that nobody has answered. */
type Closing = 'suspended' | 'ended';

/**
 * Shows the picker, and takes it away again.
 *
 * @returns what was chosen; `suspended` on Ctrl-Z, when the program is to stop before the picker is
 *   shown again: the prompt library would stop it in the middle, with the picker left on the screen
 */
async function ask(
  { stdin, stderr, interrupted, platform }: CommandContext,
  config: Parameters<typeof search<ManagedNode>>[0],
): Promise<ManagedNode | 'suspended'> {
  const closing = new AbortController();
  const close = (why: Closing): void => closing.abort(why);
  // Ctrl-D closes the picker's input, and nothing else would say so.
  const onPause = (): void => close('ended');
  const onKey = (_: unknown, key: Key): void => {
    if (!key.ctrl || key.name !== 'z' || platform === 'win32') return;
    close('suspended');
    // What the library has no use for.
    key.name = 'escape';
  };
  stdin.on('pause', onPause);
  stdin.on('keypress', onKey);
  try {
    return await search(config, {
      input: stdin,
      output: stderr,
      signal: AbortSignal.any([closing.signal, interrupted]),
      clearPromptOnDone: true,
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== PICKER_CLOSED) throw error;
    if (closing.signal.reason === 'suspended') return 'suspended';
    throw new CommandError('no target was chosen');
  } finally {
    stdin.off('keypress', onKey);
    stdin.off('pause', onPause);
  }
}

/** What is told of a node where one is to be chosen. */
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
