/** What a guide writes for something that varies: the rest of a line, or whole lines. */
export const WILDCARD = '…';
/** The prompt of the reader's own shell. */
export const LOCAL_PROMPT = '$ ';
/** The prompt of the shell on the target. */
export const REMOTE_PROMPT = 'sh-5.2$ ';

/** Something that the reader does. */
export type Step =
  /** Types lines at a prompt, each with Enter after it. */
  | { readonly kind: 'line'; readonly prompt: string; readonly typed: string }
  /** Types keys that do not appear at the prompt: `~.`. */
  | { readonly kind: 'keys'; readonly prompt: string; readonly typed: string }
  /** Presses Ctrl-C when the screen shows the lines before it. */
  | { readonly kind: 'interrupt'; readonly shown: readonly string[] };

/** A block of the kind `console`: what is done in a terminal, and what it shows in the end. */
export interface ConsoleBlock {
  readonly steps: readonly Step[];
  /** Lines of the screen, without keys that do not appear. */
  readonly shown: readonly string[];
  /** The last command continues: the block ends with a wildcard, or a prompt of the target. */
  readonly goesOn: boolean;
}

const INTERRUPT = '^C';
/** Last lines of a block that leave something running. */
const GOES_ON: ReadonlySet<string> = new Set([WILDCARD, REMOTE_PROMPT.trimEnd()]);
/** Escapes of the program: keys that neither it nor the target shows. */
const ESCAPES: ReadonlySet<string> = new Set(['~.', '~?']);

/** Reads a block. */
export function parseConsoleBlock(text: string): ConsoleBlock {
  const steps: Step[] = [];
  const shown: string[] = [];
  const lines = text.trimEnd().split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const isEnd = i === lines.length - 1 && line === REMOTE_PROMPT.trimEnd();
    const prompt = isEnd
      ? undefined
      : [REMOTE_PROMPT, LOCAL_PROMPT].find((one) => line.startsWith(one));
    if (line === INTERRUPT) steps.push({ kind: 'interrupt', shown: [...shown] });
    if (prompt === undefined) {
      shown.push(line);
      continue;
    }
    let typed = line.slice(prompt.length);
    if (ESCAPES.has(typed)) {
      steps.push({ kind: 'keys', prompt, typed });
      shown.push(prompt);
      continue;
    }
    shown.push(line);
    while (typed.endsWith('\\') && i + 1 < lines.length) {
      const next = lines[++i] ?? '';
      typed += `\n${next}`;
      shown.push(next);
    }
    steps.push({ kind: 'line', prompt, typed });
  }
  return { steps, shown, goesOn: GOES_ON.has(shown.at(-1) ?? '') };
}

/** Whether lines are what a guide shows of them. Blanks at the end of a line do not count. */
export function matches(actual: readonly string[], shown: readonly string[]): boolean {
  const pattern = shown.map((line) =>
    line === WILDCARD
      ? '(?:[^\\n]*\\n)*?'
      : `${line
          .trimEnd()
          .split(WILDCARD)
          .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
          .join('[^\\n]*')}\\n`,
  );
  const text = actual.map((line) => `${line.trimEnd()}\n`).join('');
  return new RegExp(`^${pattern.join('')}$`).test(text);
}
