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
  if (command === undefined || command.trim() === '') {
    return { kind: 'words', words: [shell, ...interactiveArguments(shell)] };
  }
  if (options.container !== true) return { kind: 'words', words: [shell, '-c', command] };
  const split = splitWords(command);
  if (split.kind === 'error') {
    return { kind: 'refused', reason: `Failed to parse commands input: ${split.reason}` };
  }
  const [program = ''] = split.words;
  const reason = whyNot(program, environment['PATH'] ?? '');
  return reason === undefined
    ? split
    : { kind: 'refused', reason: `Failed to start pty: ${reason}` };
}

/** Why a program cannot be executed, in the words of Go's os/exec. */
function whyNot(program: string, path: string): string | undefined {
  const files = program.includes('/')
    ? [program]
    : path.split(':').map((directory) => join(directory, program));
  if (files.some(isExecutable)) return undefined;
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
