import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMON_OPTIONS_TITLE } from '../../src/cli/framework/help/help-page.ts';
import {
  COMMON_FLAGS,
  COMMON_VALUES,
  HELP_OPTIONS,
} from '../../src/cli/invocation/common-options.ts';
import {
  createProgram,
  loadCommands,
  type CommandEntry,
} from '../../src/cli/framework/command-line.ts';
import { COMMANDS } from '../../src/commands/index.ts';
import { contextFor } from './support/command-line-context.ts';

const ALL_NAMES = COMMANDS.map(({ name }) => name);

/** Names of the commands that were loaded for a command line, and of those the program then has. */
async function namesFor(
  ...args: readonly string[]
): Promise<{ readonly loaded: readonly string[]; readonly known: readonly string[] }> {
  const loaded: string[] = [];
  const entries = COMMANDS.map((entry): CommandEntry => ({
    ...entry,
    load() {
      loaded.push(entry.name);
      return entry.load();
    },
  }));
  const program = await createProgram(entries, args, contextFor(args));
  return { loaded, known: program.commands.map((command) => command.name()) };
}

describe('the table of commands', () => {
  it('has each name once', () => {
    assert.equal(new Set(ALL_NAMES).size, COMMANDS.length);
  });

  for (const name of ALL_NAMES) {
    it(`loads nothing but ${name} when ${name} is called`, async () => {
      assert.deepEqual(await namesFor(name, 'i-1'), { loaded: [name], known: [name] });
    });
  }

  it('has all commands, in their order, for the help of the program, and loads none', async () => {
    assert.deepEqual(await namesFor('--help'), { loaded: [], known: ALL_NAMES });
  });

  it('has commands with the same common options, which may come before the name', async () => {
    const { commands } = await loadCommands(COMMANDS, contextFor([]).context);
    assert.equal(commands.length, COMMANDS.length);
    for (const command of commands) {
      const options = command
        .createHelp()
        .visibleOptions(command)
        .filter(({ helpGroupHeading }) => helpGroupHeading === COMMON_OPTIONS_TITLE);
      const spellings = (hasValue: boolean): readonly string[] =>
        options
          .filter(({ required }) => required === hasValue)
          .flatMap(({ short = '', long = '' }) => [short, long])
          .filter((spelling) => spelling !== '')
          .sort();
      assert.deepEqual(spellings(true), [...COMMON_VALUES].sort());
      assert.deepEqual(spellings(false), [...COMMON_FLAGS, ...HELP_OPTIONS].sort());
    }
  });
});
