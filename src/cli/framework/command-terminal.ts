import type { Writable } from 'node:stream';
import { isatty, WriteStream } from 'node:tty';
import { createCursorLine } from '../../terminal/cursor-line.ts';
import { createProcessTerminal } from '../../terminal/process-terminal.ts';
import { getsKeySignals, isInForeground } from '../process/in-foreground.ts';
import { onWindowChange } from '../process/window-changes.ts';
import type { CommandContext, CommandTerminal } from './command-context.ts';

/** The terminal of the running process. */
export function createCommandTerminal(
  { stdout, stderr }: { readonly stdout: Writable; readonly stderr: Writable },
  { env, platform }: Pick<CommandContext, 'env' | 'platform'>,
): CommandTerminal {
  const line = createCursorLine();
  return {
    line,
    get input() {
      return process.stdin;
    },
    stdin: isatty(0),
    stdout: stdout instanceof WriteStream,
    stderr: stderr instanceof WriteStream,
    columns: stdout instanceof WriteStream ? stdout.columns : undefined,
    window: createProcessTerminal({
      platform,
      input: undefined,
      outputs: stderr instanceof WriteStream ? [stderr] : [],
      openControllingTerminal: () => undefined,
      onSizeChange: onWindowChange,
      line,
    }),
    inForeground: () => isInForeground(platform, process.pid, env),
    sendsSignals: () => getsKeySignals(platform, process.pid, env),
    // The whole process group stops, as with Ctrl-Z: a program between the shell and this one, too.
    suspend: () => void process.kill(0, 'SIGTSTP'),
  };
}

/** A terminal with this TERM moves no cursor. */
const DUMB = 'dumb';

/** Whether stderr shows lines that can be written over. */
export function canRewriteLines(
  { stderr }: Pick<CommandTerminal, 'stderr'>,
  env: CommandContext['env'],
): boolean {
  return stderr && env['TERM'] !== DUMB;
}
