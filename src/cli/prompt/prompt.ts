import type { Readable, Writable } from 'node:stream';
import type { Key } from 'node:readline';
import type {
  CommandContext,
  CommandOutput,
  CommandTerminal,
} from '../framework/command-context.ts';
import { releaseTerminal } from '../progress/release-terminal.ts';

/** Name of the error of a prompt that a signal has closed (@inquirer/core). */
const PROMPT_CLOSED = 'AbortPromptError';

/** What a prompt is shown with. */
export interface PromptContext {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
  readonly clearPromptOnDone: true;
}

/** Why a prompt is closed without an answer. */
type Closing = 'suspended' | 'ended';

/** Whether the user can be asked: stderr and stdin are a terminal. */
export function canPrompt({ terminal }: Pick<CommandContext, 'terminal'>): boolean {
  return terminal.stdin && terminal.stderr;
}

/** What a prompt needs of a command. */
export interface Asking extends Pick<CommandContext, 'interrupted' | 'platform'> {
  readonly waits: Pick<CommandContext['waits'], 'pause'>;
  readonly output: Pick<CommandOutput, 'stderr' | 'status'>;
  readonly terminal: Pick<CommandTerminal, 'input' | 'suspend'>;
}

/**
 * Shows a prompt on stderr, so that stdout is the remote side's alone, and again each time the program
 * was stopped by Ctrl-Z: the prompt library would stop it in the middle, with the prompt left on the
 * screen.
 *
 * @param show - shows it once
 * @returns the answer; undefined when the input ends, as with Ctrl-D
 * @throws `ExitPromptError` on Ctrl-C (@inquirer/core)
 */
export async function prompt<Answer>(
  asking: Asking,
  show: (context: PromptContext) => Promise<Answer>,
): Promise<Answer | undefined> {
  for (;;) {
    const result = await showOnce(asking, show);
    if (result.kind === 'answered') return result.answer;
    if (result.why === 'ended') return undefined;
    asking.terminal.suspend();
  }
}

type PromptEnd<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'closed'; readonly why: Closing };

async function showOnce<Answer>(
  asking: Asking,
  show: (context: PromptContext) => Promise<Answer>,
): Promise<PromptEnd<Answer>> {
  const { output, terminal, interrupted, platform } = asking;
  const resume = releaseTerminal(asking);
  const { input } = terminal;
  const closing = new AbortController();
  let why: Closing | undefined;
  const close = (reason: Closing): void => {
    why ??= reason;
    closing.abort();
  };
  // Ctrl-D closes the prompt's input, and the prompt library does not report it.
  const onPause = (): void => close('ended');
  const onKey = (_: unknown, key: Key): void => {
    if (!key.ctrl || key.name !== 'z' || platform === 'win32') return;
    close('suspended');
    // What the library has no use for.
    key.name = 'escape';
  };
  input.on('pause', onPause);
  input.on('keypress', onKey);
  try {
    const answer = await show({
      input,
      output: output.stderr,
      signal: AbortSignal.any([closing.signal, interrupted]),
      clearPromptOnDone: true,
    });
    return { kind: 'answered', answer };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== PROMPT_CLOSED || why === undefined) throw error;
    return { kind: 'closed', why };
  } finally {
    input.off('keypress', onKey);
    input.off('pause', onPause);
    resume();
  }
}
