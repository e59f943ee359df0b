import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Command, CommanderError, Option } from 'commander';
import { explainUsage } from '../../../../src/cli/framework/usage/explain-usage.ts';
import { isUsageError } from '../../../../src/cli/framework/usage/usage-error.ts';

/** What a program receives when its command line cannot be read. */
function explained(program: Command, ...args: readonly string[]): readonly string[] {
  program.configureOutput({ outputError: () => undefined }).showSuggestionAfterError(false);
  program.exitOverride((error) => {
    throw explainUsage(error, program);
  });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    assert.ok(isUsageError(error));
    return [error.message, ...error.advice.hints, error.advice.usage, error.advice.help];
  }
  throw new Error('the command line was read');
}

const END = ['program [options]', 'program --help'] as const;

it('options that exclude each other are named', () => {
  const program = new Command('program')
    .option('-a, --all <x>', '')
    .addOption(new Option('-o, --one <x>').conflicts('all'));
  assert.deepEqual(explained(program, '--one', '1', '-a', '2'), [
    '--one cannot be combined with --all.',
    'Leave one of them out.',
    ...END,
  ]);
});

it('an option that has to be given is named', () => {
  const program = new Command('program').requiredOption('-n, --name <x>', '');
  assert.deepEqual(explained(program), [
    'The option --name is missing.',
    'Add --name <x>.',
    ...END,
  ]);
});

it('an unknown command is named, with the closest one', () => {
  const withCommand = (): Command => {
    const program = new Command('program').helpCommand(false);
    program.command('shell');
    return program;
  };
  const end = ['program [options] [command]', 'program --help'];
  assert.deepEqual(explained(withCommand(), 'shel'), [
    'Unknown command "shel".',
    'Did you mean:\n  program shell',
    ...end,
  ]);
  assert.deepEqual(explained(withCommand(), 'nothing'), ['Unknown command "nothing".', ...end]);
});

it('an error of another form keeps its text', () => {
  const error = new CommanderError(1, 'commander.other', 'error: something else');
  const { message, advice } = explainUsage(error, new Command('program'));
  assert.equal(message, 'something else');
  assert.deepEqual(advice.hints, []);
});
