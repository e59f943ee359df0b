import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { makeRunDirectory } from '../../../src/cli/storage/run-directory.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** An id that no process has: the system gives none above 2^22 (proc(5), "pid_max"). */
const NO_PROCESS = 2 ** 22 + 1;

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the directory of a run', () => {
  it('is in the runtime directory, for the user alone, as are its files', async (t) => {
    const base = temporaryDirectory(t);
    const run = await makeRunDirectory({ env: { XDG_RUNTIME_DIR: base }, platform: 'linux' }, 'db');
    assert.equal(dirname(run.path), join(base, 'session-manager-plugin', 'db'));
    assert.match(basename(run.path), new RegExp(`^run-${process.pid}-`));
    assert.deepEqual([modeOf(run.path), modeOf(dirname(run.path))], [0o700, 0o700]);
    const file = run.write('password', 'first');
    assert.equal(run.write('password', 'second'), file);
    assert.equal(run.file('password'), file);
    assert.equal(readFileSync(file, 'utf8'), 'second');
    assert.equal(modeOf(file), 0o600);
    run.remove();
    assert.equal(existsSync(run.path), false);
  });

  it('is in the cache directory on Windows', async (t) => {
    const base = temporaryDirectory(t);
    const run = await makeRunDirectory({ env: { LOCALAPPDATA: base }, platform: 'win32' }, 'rdp');
    assert.equal(dirname(run.path), join(base, 'session-manager-plugin', 'rdp'));
  });

  it('replaces those of runs that have ended without removing theirs', async (t) => {
    const base = temporaryDirectory(t);
    const context = { env: { XDG_RUNTIME_DIR: base }, platform: 'linux' } as const;
    const own = await makeRunDirectory(context, 'ssh');
    const parent = dirname(own.path);
    for (const name of [`run-${NO_PROCESS}-x`, 'notes']) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'key'), '');
    }
    await makeRunDirectory(context, 'ssh');
    assert.equal(existsSync(join(parent, `run-${NO_PROCESS}-x`)), false);
    assert.ok(existsSync(join(parent, 'notes')));
    assert.ok(existsSync(own.path));
  });

  it('is refused with the reason when it cannot be made or written', async (t) => {
    const base = temporaryDirectory(t);
    const context = { env: { XDG_RUNTIME_DIR: base }, platform: 'linux' } as const;
    const parent = join(base, 'session-manager-plugin');
    mkdirSync(parent, { mode: 0o700 });
    writeFileSync(join(parent, 'ssh'), '');
    await assert.rejects(makeRunDirectory(context, 'ssh'), {
      code: 'private-files-unwritable',
      message: new RegExp(`^Private files cannot be written in ${parent}/ssh: .*XDG_RUNTIME_DIR`),
    });
    const run = await makeRunDirectory(context, 'db');
    run.remove();
    assert.throws(() => run.write('password', ''), { code: 'private-files-unwritable' });
    chmodSync(parent, 0o755);
    await assert.rejects(makeRunDirectory(context, 'db'), { code: 'runtime-directory-unusable' });
  });
});
