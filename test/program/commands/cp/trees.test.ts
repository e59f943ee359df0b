import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { listTree } from '../../../commands/cp/tree/support.ts';
import { TARGET } from '../../support/target.ts';
import { startTwoMachines } from './support/two-machines.ts';

function makeTree(directory: string): void {
  mkdirSync(join(directory, 'tree', 'empty'), { recursive: true });
  mkdirSync(join(directory, 'tree', 'line\nfeed'));
  writeFileSync(join(directory, 'tree', 'line\nfeed', 'a b'), 'a');
  writeFileSync(join(directory, 'tree', 'program'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(
    Buffer.concat([Buffer.from(`${directory}/tree/`), Buffer.from('caf\xe9', 'latin1')]),
    'not UTF-8',
  );
  symlinkSync('/nowhere', join(directory, 'tree', 'link'));
}

describe('cp -r', () => {
  it('copies a directory of a target, with links, permissions and empty directories', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
    makeTree(there);
    const { status, stderr } = await cp('-r', 'T:tree', '.');
    assert.match(stderr, new RegExp(`^Copied ${TARGET}:tree to \\.: 4 files, .*\\n$`));
    assert.equal(status, 0);
    assert.deepEqual(listTree(join(here, 'tree')), listTree(join(there, 'tree')));
    await checkNothingLeft();
  });

  it('brings it there and back', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
    makeTree(here);
    assert.equal((await cp('-q', '-r', '-p', 'tree', 'T:new')).status, 0);
    assert.equal((await cp('-q', '-r', '-p', 'T:new/', 'back')).status, 0);
    assert.deepEqual(listTree(join(there, 'new')), listTree(join(here, 'tree')));
    assert.deepEqual(listTree(join(here, 'back')), listTree(join(here, 'tree')));
    await checkNothingLeft();
  });

  it('goes below a directory that exists, and adds to one of its name', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    makeTree(there);
    mkdirSync(join(here, 'tree', 'empty'), { recursive: true });
    writeFileSync(join(here, 'tree', 'empty', 'mine'), 'mine');
    assert.equal((await cp('-q', '-r', 'T:tree', '.')).status, 0);
    assert.equal(readFileSync(join(here, 'tree', 'empty', 'mine'), 'utf8'), 'mine');
    assert.equal(readlinkSync(join(here, 'tree', 'link')), '/nowhere');
  });

  it('copies files as well', async (t) => {
    const { here, there, cp } = await startTwoMachines(t);
    makeTree(there);
    writeFileSync(join(there, 'f'), 'x');
    assert.equal((await cp('-q', '-r', 'T:f', 'T:tree/empty', '.')).status, 0);
    assert.deepEqual(readdirSync(here).sort(), ['empty', 'f']);
  });

  it('leaves nothing when a part of the directory cannot be copied', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t, {
      sessions: { agent: { environment: { TAR_OPTIONS: '--no-such-option' } } },
    });
    makeTree(there);
    mkdirSync(join(here, 'tree'));
    writeFileSync(join(here, 'tree', 'old'), 'old');
    const { status, stderr } = await cp('-q', '-r', 'T:tree', '.');
    assert.match(stderr, /no-such-option/);
    assert.equal(status, 255);
    assert.deepEqual(readdirSync(join(here, 'tree')), ['old']);
    await checkNothingLeft();
  });

  it('writes nothing through a link that an earlier copy has made', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
    const outside = join(here, 'outside');
    mkdirSync(outside);
    mkdirSync(join(there, 'tree'));
    symlinkSync(outside, join(there, 'tree', 'door'));
    assert.equal((await cp('-q', '-r', 'T:tree', '.')).status, 0);
    chmodSync(join(there, 'tree'), 0o755);
    const second = join(there, 'second', 'tree');
    mkdirSync(join(second, 'door'), { recursive: true });
    writeFileSync(join(second, 'door', 'escaped'), 'x');
    const { status, stderr } = await cp('-q', '-r', 'T:second/tree', '.');
    assert.match(stderr, /tree\/door" is a symbolic link, and the copy has a directory there/);
    assert.equal(status, 255);
    assert.deepEqual(readdirSync(outside), []);
    assert.ok(statSync(join(here, 'tree')).isDirectory());
    await checkNothingLeft();
  });
});
