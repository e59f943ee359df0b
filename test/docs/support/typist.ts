import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startCommandInTerminal } from '../../program/support/terminal-program.ts';
import { untilShown } from '../../program/support/until-shown.ts';
import { render, type Screen } from '../../support/screen.ts';
import type { Aliases } from './aliases.ts';
import {
  LOCAL_PROMPT,
  matches,
  REMOTE_PROMPT,
  type ConsoleBlock,
  type Step,
} from './console-block.ts';
import { SHELL_COMMAND, type Machine } from './machine.ts';

/** Types the examples of a guide, unchanged, into a real terminal. */
export interface Typist {
  /** Types a block, and looks whether the screen shows what the block does. */
  type(block: ConsoleBlock): Promise<void>;
  /** Leaves the running command; resolves when the shell asks for the next command. */
  leave(): Promise<void>;
}

/** What the terminal shows, as the guides write it. */
type Documented = Pick<Screen, 'lines' | 'cursorLine' | 'beforeCursor'>;

/** Wide, so that messages are whole lines, as the guides have them: the program wraps them. */
const SIZE = { cols: 400, rows: 40 };
const INTERRUPT = '\x03';
/** Ends a shell on the target, and anything else. */
const LEAVE = `~.${INTERRUPT}`;

/** Opens a terminal with a shell. @param env - besides the machine's own */
export async function openTerminal(
  t: TestContext,
  machine: Machine,
  aliases: Aliases,
): Promise<Typist> {
  const { env } = machine;
  const program = await startCommandInTerminal(t, SHELL_COMMAND, { env, size: SIZE });
  let begun = 0;

  const show = async (text: string): Promise<Documented> => {
    // The shell prompts right after the `^C` of the terminal; the guides have a line for each.
    const output = text.replaceAll(`^C${LOCAL_PROMPT}`, `^C\r\n${LOCAL_PROMPT}`);
    const { lines, cursorLine, beforeCursor } = await render(output, { size: SIZE });
    return { lines: lines.map((line) => aliases.documented(line)), cursorLine, beforeCursor };
  };
  const shownNow = (): Promise<Documented> => show(program.screen.text);
  const until = (what: string, reached: (screen: Documented) => boolean): Promise<void> =>
    untilShown(program.screen, show, what, reached);
  /** Whether a shell waits for a command, here or on the target, from a line on. */
  const asks = ({ cursorLine, beforeCursor }: Documented, from: number): boolean =>
    cursorLine >= from && [LOCAL_PROMPT, REMOTE_PROMPT].includes(beforeCursor);
  const linesOf = ({ lines, cursorLine }: Documented): string[] => lines.slice(begun, cursorLine);
  const showsWith = (screen: Documented, shown: readonly string[]): boolean =>
    matches(trimmed(screen.lines.slice(begun)), trimmed(shown));
  const press = async (step: Step): Promise<number> => {
    const from = (await shownNow()).cursorLine;
    switch (step.kind) {
      case 'line': {
        program.type(`${aliases.real(step.typed).replaceAll('\n', '\r')}\r`);
        return from + step.typed.split('\n').length;
      }
      case 'keys':
        program.type(step.typed);
        return from + 1;
      case 'interrupt':
        await until(
          step.shown.join('\n'),
          (screen) => showsWith(screen, step.shown) || asks(screen, from + 1),
        );
        program.type(INTERRUPT);
        return from + 1;
    }
  };

  await until('the shell', (screen) => asks(screen, 0));
  return {
    async type({ steps, shown, goesOn }) {
      begun = (await shownNow()).cursorLine;
      for (const [i, step] of steps.entries()) {
        const from = await press(step);
        const next = steps[i + 1];
        // Ctrl-C is pressed when the screen asks for it.
        if (next?.kind === 'interrupt') continue;
        if (next !== undefined) {
          await until(`the prompt ${next.prompt}`, (screen) => asks(screen, from));
          // Another shell than the guide's prompts; the screen shows why.
          if ((await shownNow()).beforeCursor !== next.prompt) break;
        } else if (goesOn) {
          await until(shown.join('\n'), (screen) => showsWith(screen, shown) || asks(screen, from));
        } else {
          await until('the end', (screen) => asks(screen, from));
        }
      }
      const screen = await shownNow();
      const actual = trimmed(goesOn ? screen.lines.slice(begun) : linesOf(screen));
      if (!matches(actual, trimmed(shown))) {
        assert.equal(
          actual.join('\n'),
          trimmed(shown).join('\n'),
          'the screen shows something else',
        );
      }
    },
    async leave() {
      program.type(LEAVE);
      await until(
        'the end',
        ({ beforeCursor }) =>
          beforeCursor.endsWith(LOCAL_PROMPT) && !beforeCursor.endsWith(REMOTE_PROMPT),
      );
    },
  };
}

/** Without empty lines at the end. */
function trimmed(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);
}
