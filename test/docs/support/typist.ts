import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { startCommandInTerminal } from '../../program/support/terminal-program.ts';
import type { Aliases } from './aliases.ts';
import {
  LOCAL_PROMPT,
  matches,
  REMOTE_PROMPT,
  type ConsoleBlock,
  type Step,
} from './console-block.ts';
import type { Machine } from './machine.ts';
import { render, type Screen } from './screen.ts';

/** Somebody who types the examples of a guide into a real terminal, as they stand there. */
export interface Typist {
  /** Types a block, and looks whether the screen shows what the block does. */
  type(block: ConsoleBlock): Promise<void>;
  /** Leaves what goes on; resolves when the shell asks for the next command. */
  leave(): Promise<void>;
}

/** Lines with tables must fit. */
const SIZE = { cols: 100, rows: 40 };
const INTERRUPT = '\x03';
/** Ends a shell on the target, and anything else. */
const LEAVE = `~.${INTERRUPT}`;
const SHELL = 'cd && exec bash --norc --noprofile --noediting -i';

/** Opens a terminal with a shell. @param env - besides the machine's own */
export async function openTerminal(
  t: TestContext,
  machine: Machine,
  aliases: Aliases,
): Promise<Typist> {
  const { env } = machine;
  const program = await startCommandInTerminal(t, ['sh', '-c', SHELL], { env, size: SIZE });
  let begun = 0;

  const screenOf = (text: string): Screen => {
    // The shell asks right behind the `^C` of the terminal; the guides have a line for each.
    const screen = render(text.replaceAll(`^C${LOCAL_PROMPT}`, `^C\r\n${LOCAL_PROMPT}`));
    return { ...screen, rows: screen.rows.map((row) => aliases.documented(row)) };
  };
  const until = (what: string, reached: (screen: Screen) => boolean): Promise<void> =>
    program.screen.until(what, (text) => reached(screenOf(text)));
  /** Whether a shell waits for a command, here or on the target, from a row on. */
  const asks = ({ cursorRow, beforeCursor }: Screen, from: number): boolean =>
    cursorRow >= from && [LOCAL_PROMPT, REMOTE_PROMPT].includes(beforeCursor);
  const rowsOf = ({ rows, cursorRow }: Screen): string[] => rows.slice(begun, cursorRow);
  const showsWith = (screen: Screen, shown: readonly string[]): boolean =>
    matches(trimmed(screen.rows.slice(begun)), trimmed(shown));
  const press = async (step: Step): Promise<number> => {
    const from = screenOf(program.screen.text).cursorRow;
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
      begun = screenOf(program.screen.text).cursorRow;
      for (const [i, step] of steps.entries()) {
        const from = await press(step);
        const next = steps[i + 1];
        // Ctrl-C is pressed when the screen says so.
        if (next?.kind === 'interrupt') continue;
        if (next !== undefined) {
          await until(`the prompt ${next.prompt}`, (screen) => asks(screen, from));
          // Another shell than the guide's asks: what the screen shows says why.
          if (screenOf(program.screen.text).beforeCursor !== next.prompt) break;
        } else if (goesOn) {
          await until(shown.join('\n'), (screen) => showsWith(screen, shown) || asks(screen, from));
        } else {
          await until('the end', (screen) => asks(screen, from));
        }
      }
      const screen = screenOf(program.screen.text);
      const actual = trimmed(goesOn ? screen.rows.slice(begun) : rowsOf(screen));
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
