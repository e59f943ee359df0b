import { COMMANDS } from '../../src/commands/index.ts';
import { startCommandTarget } from '../program/commands/support/run-command.ts';
import type { Scene } from './support/scene.ts';
import { testScenes } from './support/test-scenes.ts';

const HELP_OF_PROGRAM: Scene = {
  name: 'program',
  args: ['--help'],
  target: startCommandTarget,
};

testScenes(
  'help',
  [
    HELP_OF_PROGRAM,
    ...COMMANDS.map(({ name }) => ({ ...HELP_OF_PROGRAM, name, args: [name, '--help'] })),
  ],
  ['whole-words'],
);
