import assert from 'node:assert/strict';
import { it } from 'node:test';

import {
  dependsOnSite,
  isWanted,
  mayBeWanted,
  wildcard,
  type LevelConstraints,
} from '../../../src/logging/seelog/level-constraints.ts';
import { ALL_LEVELS, levelRank, levelsBetween, NO_LEVELS } from '../../../src/logging/level.ts';

const site = { file: '/opt/plugin/session.ts', line: 7, functionName: 'Session.open' };

const exceptionFor = (file: string, functionName: string, levels: ReadonlySet<'trace'>) => ({
  file: wildcard(file),
  functionName: wildcard(functionName),
  levels,
});

it('levels range from trace to critical, and off is above all of them', () => {
  assert.deepEqual(
    ['trace', 'debug', 'info', 'warn', 'error', 'critical', 'off'].map(levelRank),
    [0, 1, 2, 3, 4, 5, 6],
  );
  assert.equal(levelRank('verbose'), undefined);
  assert.equal(levelRank('INFO'), undefined);
});

it('a range of levels includes both ends, and a range from off on is empty', () => {
  assert.deepEqual([...levelsBetween(2, 4)], ['info', 'warn', 'error']);
  assert.deepEqual(levelsBetween(6, 6), NO_LEVELS);
});

it('a star in a pattern matches any text, everything else is literal', () => {
  assert.ok(wildcard('*session.ts')('/opt/session.ts'));
  assert.ok(!wildcard('test*')('/opt/test.ts'), 'the pattern covers the whole path');
  assert.ok(!wildcard('a.c')('abc'));
  assert.ok(wildcard('a**(c)[d]')('a b (c)[d]'));
});

it('the first exception that matches file and function decides', () => {
  const constraints: LevelConstraints = {
    levels: new Set(['error']),
    exceptions: [
      exceptionFor('*other.ts', '*', new Set()),
      exceptionFor('*session.ts', '*.open', new Set(['trace'])),
      exceptionFor('*', '*', new Set()),
    ],
  };
  assert.ok(isWanted(constraints, 'trace', site));
  assert.ok(!isWanted(constraints, 'error', site));
  assert.ok(!isWanted(constraints, 'trace', { ...site, functionName: 'Session.close' }));
  assert.ok(isWanted(constraints, 'error', undefined), 'without a site no exception applies');
});

it('the call site is needed only when an exception could change the result', () => {
  const constraints: LevelConstraints = {
    levels: levelsBetween(2, 5),
    exceptions: [{ ...exceptionFor('test*', '*', new Set()), levels: levelsBetween(4, 5) }],
  };
  assert.ok(dependsOnSite(constraints, 'info'));
  assert.ok(!dependsOnSite(constraints, 'error'));
  assert.ok(!dependsOnSite(constraints, 'debug'));
  assert.ok(!mayBeWanted(constraints, 'debug'));
  assert.ok(!dependsOnSite({ levels: ALL_LEVELS, exceptions: [] }, 'trace'));
});

it('an exception alone makes its levels wanted', () => {
  const constraints: LevelConstraints = {
    levels: NO_LEVELS,
    exceptions: [exceptionFor('*', '*', new Set(['trace']))],
  };
  assert.ok(mayBeWanted(constraints, 'trace'));
  assert.ok(!mayBeWanted(constraints, 'debug'));
});
