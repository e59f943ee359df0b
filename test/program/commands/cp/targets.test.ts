import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { listTree } from '../../../commands/cp/tree/support.ts';
import { startTwoMachines, type TwoMachines } from './support/two-machines.ts';

const CONTAINER = 'ecs:shop_0123456789abcdef_0123456789abcdef-1234567890';
const CONTENT = randomBytes(300_000);

interface SudoMachines extends TwoMachines {
  /** What sudo was called with, a line each. */
  readonly calls: () => readonly string[];
}

/** A target whose sudo is a script. */
async function startWithSudo(t: TestContext, script: string): Promise<SudoMachines> {
  const directory = temporaryDirectory(t);
  const log = join(directory, 'log');
  writeFileSync(log, '');
  writeFileSync(join(directory, 'sudo'), `#!/bin/sh\necho "$1 $2 $3" >>'${log}'\n${script}\n`);
  chmodSync(join(directory, 'sudo'), 0o755);
  const environment = { PATH: `${directory}:${process.env['PATH'] ?? ''}` };
  const machines = await startTwoMachines(t, { sessions: { agent: { environment } } });
  return {
    ...machines,
    calls: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
  };
}

describe('cp --sudo', () => {
  it('reads and writes by sudo, without a password', async (t) => {
    const { here, there, cp, calls, checkNothingLeft } = await startWithSudo(t, 'shift; exec "$@"');
    writeFileSync(join(there, 'secret'), CONTENT);
    assert.deepEqual(await cp('-q', '--sudo', 'T:secret', 'copy'), {
      status: 0,
      stdout: '',
      stderr: '',
    });
    assert.ok(readFileSync(join(here, 'copy')).equals(CONTENT));
    const read = calls();
    assert.ok(read.length > 0);
    assert.equal((await cp('-q', '--sudo', 'copy', 'T:back')).status, 0);
    assert.ok(readFileSync(join(there, 'back')).equals(CONTENT));
    assert.ok(calls().length > read.length);
    assert.deepEqual([...new Set(calls().map((call) => call.split(' ')[0]))], ['-n']);
    await checkNothingLeft();
  });

  it('copies directories', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startWithSudo(t, 'shift; exec "$@"');
    mkdirSync(join(there, 'tree', 'empty'), { recursive: true });
    writeFileSync(join(there, 'tree', 'f'), 'x');
    assert.equal((await cp('-q', '-r', '--sudo', 'T:tree', '.')).status, 0);
    assert.equal((await cp('-q', '-r', '--sudo', 'tree', 'T:back')).status, 0);
    assert.deepEqual(listTree(join(here, 'tree')), listTree(join(there, 'tree')));
    assert.deepEqual(listTree(join(there, 'back')), listTree(join(there, 'tree')));
    await checkNothingLeft();
  });

  const refusal = String.raw`printf 'sudo: a password is required\nsession-manager-plugin: all is well\n' >&2; exit 1`;

  it('reports in one sentence what sudo refuses, and what to do', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startWithSudo(t, refusal);
    writeFileSync(join(here, 'f'), 'x');
    const { status, stderr } = await cp('--sudo', 'f', 'T:new');
    assert.equal(
      stderr,
      `session-manager-plugin: Cannot write ${there}/new as root: sudo: a password is required session-manager-plugin: all is well. ` +
        'Allow sudo without a password for the user of the session, or leave out --sudo.\n',
    );
    assert.equal(status, 255);
    assert.deepEqual(readdirSync(there), []);
    await checkNothingLeft();
  });
});

describe('cp with an ECS container', () => {
  it('copies files and directories, although the agent runs no shell there', async (t) => {
    const { here, there, cp, checkNothingLeft } = await startTwoMachines(t);
    writeFileSync(join(there, "it's"), CONTENT);
    const { status, stderr } = await cp(`${CONTAINER}:it's`, 'copy');
    assert.match(stderr, new RegExp(`^Copied ${CONTAINER}:it's to copy: `));
    assert.equal(status, 0);
    assert.ok(readFileSync(join(here, 'copy')).equals(CONTENT));
    assert.equal((await cp('-q', 'copy', `${CONTAINER}:${there}/back`)).status, 0);
    assert.ok(readFileSync(join(there, 'back')).equals(CONTENT));
    mkdirSync(join(here, 'tree', 'empty'), { recursive: true });
    writeFileSync(join(here, 'tree', 'f'), 'x');
    assert.equal((await cp('-q', '-r', 'tree', `${CONTAINER}:`)).status, 0);
    assert.equal((await cp('-q', '-r', `${CONTAINER}:tree`, 'again')).status, 0);
    assert.deepEqual(listTree(join(here, 'again')), listTree(join(here, 'tree')));
    await checkNothingLeft();
  });
});
