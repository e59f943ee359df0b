import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentOptions } from '../../agent-options.ts';
import { splitWords } from '../command/split-words.ts';
import { commandEnvironment, interactiveArguments } from '../command-environment.ts';

/** What the agent runs in a terminal, or why it does not. */
export type TerminalPlan =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * What runs in the terminal of a session (`StartCommandExecutor` of the agent's shell_unix.go).
 *
 * @param command - the text of an interactive command; undefined or blank for a shell
 */
export function planTerminal(command: string | undefined, options: AgentOptions): TerminalPlan {
  const { shell, environment } = commandEnvironment(options);
  const run = (words: readonly string[]): TerminalPlan => ({
    kind: 'words',
    words: [...(options.root?.inside ?? []), ...words],
  });
  if (command === undefined || command.trim() === '') {
    return run([shell, ...interactiveArguments(shell)]);
  }
  if (options.container !== true) return run([shell, '-c', command]);
  const split = splitWords(command);
  if (split.kind === 'error') {
    return { kind: 'refused', reason: `Failed to parse commands input: ${split.reason}` };
  }
  const [program = ''] = split.words;
  const reason = whyNot(program, environment['PATH'] ?? '', options.root?.directory ?? '');
  return reason === undefined
    ? run(split.words)
    : { kind: 'refused', reason: `Failed to start pty: ${reason}` };
}

/**
 * Why a program cannot be executed, in the words of Go's os/exec.
 *
 * @param root - of the file system that it is in; empty for that of this machine
 */
function whyNot(program: string, path: string, root: string): string | undefined {
  const files = program.includes('/')
    ? [program]
    : path.split(':').map((directory) => join(directory, program));
  if (files.some((file) => isExecutable(`${root}${file}`))) return undefined;
  return program.includes('/')
    ? `fork/exec ${program}: no such file or directory`
    : `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
