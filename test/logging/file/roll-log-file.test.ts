import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

import { systemClock } from '../../../src/lib/clock.ts';
import { systemLogFileSystem } from '../../../src/logging/file/log-file-system.ts';
import { rollLogFile } from '../../../src/logging/file/roll-log-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const roll = (path: string, maxRolls: number, maxBytes = 1): Promise<boolean> =>
  rollLogFile(systemLogFileSystem, systemClock, path, { maxBytes, maxRolls });

const contents = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );

it('every roll renumbers the earlier ones, and the oldest one above the limit is removed', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  for (const text of ['first', 'second', 'third', 'fourth']) {
    writeFileSync(path, text);
    assert.ok(await roll(path, 3));
  }
  assert.deepEqual(contents(directory), {
    'x.log.1': 'fourth',
    'x.log.2': 'third',
    'x.log.3': 'second',
  });
});

it('without a limit all rolled files are kept', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  for (let count = 1; count <= 12; count += 1) {
    writeFileSync(path, String(count));
    await roll(path, 0);
  }
  assert.equal(readdirSync(directory).length, 12);
  assert.equal(readFileSync(`${path}.12`, 'utf8'), '1');
  assert.equal(readFileSync(`${path}.1`, 'utf8'), '12');
});

it('a lowered limit removes the files above it', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  for (const name of ['x.log', 'x.log.1', 'x.log.2', 'x.log.3', 'x.log.4']) {
    writeFileSync(join(directory, name), name);
  }
  await roll(path, 2);
  assert.deepEqual(contents(directory), { 'x.log.1': 'x.log', 'x.log.2': 'x.log.1' });
});

it('a gap in the numbers is filled and no file above it is changed', async (t) => {
  const directory = temporaryDirectory(t);
  for (const name of ['x.log', 'x.log.1', 'x.log.3']) writeFileSync(join(directory, name), name);
  await roll(join(directory, 'x.log'), 5);
  assert.deepEqual(contents(directory), {
    'x.log.1': 'x.log',
    'x.log.2': 'x.log.1',
    'x.log.3': 'x.log.3',
  });
});

it('a file that another session has just rolled is not rolled again', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  writeFileSync(path, 'fresh');
  assert.ok(await roll(path, 3, 100), 'the writer may go on with the fresh file');
  assert.deepEqual(contents(directory), { 'x.log': 'fresh' });
});

it('while another session rolls, nothing is moved', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  writeFileSync(path, 'full');
  writeFileSync(`${path}.lock`, '');
  assert.equal(await roll(path, 3), false);
  assert.deepEqual(contents(directory), { 'x.log': 'full', 'x.log.lock': '' });
});

it('the lock of a session that has died is removed', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  writeFileSync(path, 'full');
  writeFileSync(`${path}.lock`, '');
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(`${path}.lock`, longAgo, longAgo);
  assert.ok(await roll(path, 3));
  assert.deepEqual(contents(directory), { 'x.log.1': 'full' });
});

it('the lock is released when rolling fails', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'x.log');
  writeFileSync(path, 'full');
  const failing = {
    ...systemLogFileSystem,
    rename: () => Promise.reject(new Error('the directory must not be changed')),
  };
  const rule = { maxBytes: 1, maxRolls: 3 };
  await assert.rejects(rollLogFile(failing, systemClock, path, rule), /must not be changed/);
  assert.ok(!existsSync(`${path}.lock`));
});
