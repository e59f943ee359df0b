import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { ROOT } from '../docs/support/markdown.ts';
import { FAILURE_CODES } from './support/failures/failure-texts.ts';

/** In the head of a file with screens: the test that writes it has checked that they show the failure. */
const SHOWN = /^failure (\S+)$/gm;
/** What the head of a file ends with. */
const RULER = '\n────';

it('each failure of the program has screens', () => {
  const shown = globSync('test/screens/**/*.txt', { cwd: ROOT }).flatMap((path) => {
    const [head = ''] = readFileSync(join(ROOT, path), 'utf8').split(RULER, 1);
    return [...head.matchAll(SHOWN)].map(([, code]) => code);
  });
  const missing = FAILURE_CODES.filter((code) => !shown.includes(code));
  assert.deepEqual(
    missing,
    [],
    'add a scene to test/screens/failures/, or, where none can make it happen, a line to test/screens/support/failures/printed-failures.ts',
  );
});
