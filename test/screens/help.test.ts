import { COMMANDS } from '../../src/commands/index.ts';
import { startCommandTarget } from '../program/commands/support/run-command.ts';
import type { Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

const HELP_OF_PROGRAM: Scene = {
  name: 'program',
  args: ['--help'],
  target: startCommandTarget,
};

/** What people try first, by the names of the files. */
const FIRST_WORDS = {
  'word-help': ['help'],
  'word-version': ['version'],
  'option-version': ['-v'],
} as const;

testScenes('help', [
  HELP_OF_PROGRAM,
  ...COMMANDS.filter(({ isHidden }) => isHidden !== true).map(({ name }) => ({
    ...HELP_OF_PROGRAM,
    name,
    args: [name, '--help'],
  })),
  ...Object.entries(FIRST_WORDS).map(([name, args]) => ({ ...HELP_OF_PROGRAM, name, args })),
]);
