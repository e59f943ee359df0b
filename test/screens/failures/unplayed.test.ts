import { join } from 'node:path';
import { account } from '../support/fleets.ts';
import { UNPLAYED } from '../support/failures/printed-failures.ts';
import { testScenes } from '../support/test-scenes.ts';

const PRINTER = join(import.meta.dirname, '..', 'support', 'failures', 'print-failures.ts');

// The program's own code prints them, with the width that the terminal has.
testScenes('failures/unplayed', [
  {
    name: 'all',
    args: [],
    command: [process.execPath, '--disable-warning=ExperimentalWarning', PRINTER],
    failures: UNPLAYED.flatMap(({ failures }) => failures.map(({ code }) => code)),
    target: account([]),
  },
]);
