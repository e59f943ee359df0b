import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { ROOT } from '../../../build/runtime/setup.mjs';
import * as tools from '../tools.ts';

it('.ci/run installs every package that a program of the tests is in', () => {
  const script = readFileSync(join(ROOT, '.ci', 'run'), 'utf8');
  const installed = new Set([...script.matchAll(/^need (\S+) /gm)].map(([, name]) => name));
  const needed = Object.values(tools).map(({ debianPackage }) => debianPackage);
  assert.deepEqual(
    needed.filter((name) => !installed.has(name)),
    [],
  );
});
