import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { listTree } from '../../../commands/cp/tree/support.ts';
import { TARGET } from '../../support/target.ts';
import { startTwoMachines, type TwoMachines } from './support/two-machines.ts';

/** What `cp` needs of a target, without tar. */
const TOOLS =
  'sh dd base64 cat cut gzip head id ls mkdir mkfifo mktemp mv od rm rmdir sha256sum stat stty tail tee touch tr uname wc';

/** A target on which programs are missing or replaced by scripts. */
async function startWith(t: TestContext, path: string): Promise<TwoMachines> {
  return startTwoMachines(t, { sessions: { agent: { environment: { PATH: path } } } });
}

/** Its sha256sum knows the test text of every copy, and is wrong about all others, as after a change. */
function withWrongHashes(t: TestContext): Promise<TwoMachines> {
  const directory = temporaryDirectory(t);
  const script = String.raw`#!/bin/sh
PATH=/usr/bin:/bin
sha256sum "$@" | sed '/^ba7816bf/!s/^[0-9a-f]*/0000000000000000000000000000000000000000000000000000000000000000/'
`;
  writeFileSync(join(directory, 'sha256sum'), script);
  chmodSync(join(directory, 'sha256sum'), 0o755);
  return startWith(t, `${directory}:${process.env['PATH'] ?? ''}`);
}

describe('cp from a target whose file has another SHA-256 than what arrives', () => {
  it('leaves the old file as it was', async (t) => {
    const { here, there, cp, checkNothingLeft } = await withWrongHashes(t);
    writeFileSync(join(there, 'f'), 'new');
    writeFileSync(join(here, 'f'), 'old');
    const { status, stderr } = await cp('T:f', '.');
    assert.equal(
      stderr,
      `session-manager-plugin: The copy of "${TARGET}:f" differs from the source, by their SHA-256. The destination was not changed. The source may have changed during the copy. Copy it again.\n`,
    );
    assert.equal(status, 255);
    assert.equal(readFileSync(join(here, 'f'), 'utf8'), 'old');
    await checkNothingLeft();
  });

  it('keeps no part of it with --resume', async (t) => {
    const { here, there, cp } = await withWrongHashes(t);
    writeFileSync(join(there, 'f'), 'new');
    assert.equal((await cp('-q', '--resume', 'T:f', '.')).status, 255);
    assert.deepEqual(readdirSync(here), []);
  });

  it('reports it after a copy to stdout', async (t) => {
    const { there, cp } = await withWrongHashes(t);
    writeFileSync(join(there, 'f'), 'new');
    const { status, stdout, stderr } = await cp('T:f', '-');
    assert.match(
      stderr,
      /^session-manager-plugin: What was written of ".*:f" differs from the source/,
    );
    assert.deepEqual({ status, stdout }, { status: 255, stdout: 'new' });
  });

  it('leaves the old directory as it was', async (t) => {
    const { here, there, cp, checkNothingLeft } = await withWrongHashes(t);
    mkdirSync(join(there, 'tree'));
    writeFileSync(join(there, 'tree', 'f'), 'new');
    mkdirSync(join(here, 'tree'));
    writeFileSync(join(here, 'tree', 'f'), 'old');
    const { status, stderr } = await cp('-r', 'T:tree', '.');
    assert.match(stderr, /^session-manager-plugin: The copy of ".*:tree" differs from the source/);
    assert.equal(status, 255);
    assert.deepEqual(listTree(join(here, 'tree')), ['f 644 old']);
    await checkNothingLeft();
  });
});

describe('cp -r with a target that has no tar', () => {
  it('reports it before anything is copied', async (t) => {
    const directory = temporaryDirectory(t);
    for (const tool of TOOLS.split(' ')) symlinkSync(`/usr/bin/${tool}`, join(directory, tool));
    const { here, there, cp, checkNothingLeft } = await startWith(t, directory);
    mkdirSync(join(there, 'tree'));
    mkdirSync(join(here, 'mine'));
    for (const args of [
      ['-r', 'T:tree', '.'],
      ['-r', 'mine', 'T:'],
    ]) {
      const { status, stderr } = await cp(...args);
      assert.match(
        stderr,
        /^session-manager-plugin: .* has no tar, which the copy of a directory needs\. /,
      );
      assert.equal(status, 255);
    }
    assert.deepEqual([readdirSync(here), readdirSync(there)], [['mine'], ['tree']]);
    await checkNothingLeft();
  });
});

describe('cp of a file here that cannot be read', () => {
  it('fails with its path and the reason', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
    symlinkSync('loop', join(here, 'loop'));
    const { status, stderr } = await cp('loop', 'T:');
    assert.match(
      stderr,
      /^session-manager-plugin: "loop" on this machine cannot be read: .* \(ELOOP\)\. /,
    );
    assert.equal(status, 255);
    assert.deepEqual(readdirSync(there), []);
    await checkNothingLeft();
  });
});
