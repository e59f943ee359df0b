import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  findRuntimeDirectory,
  makeRuntimeDirectory,
  type RuntimeOwner,
} from '../../../src/cli/storage/runtime-directory.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const ME = process.geteuid?.() ?? 0;
const OTHER = 12_345;

/** A user whose runtime directory is new. */
function owner(t: TestContext): RuntimeOwner & { readonly base: string; readonly path: string } {
  const base = temporaryDirectory(t);
  const path = join(base, 'session-manager-plugin');
  return { env: { XDG_RUNTIME_DIR: base }, platform: 'linux', userId: ME, base, path };
}

describe('the directory for sockets', () => {
  it('is made for the user alone, and found then', async (t) => {
    const user = owner(t);
    assert.equal(await findRuntimeDirectory(user), undefined);
    assert.equal(await makeRuntimeDirectory(user), user.path);
    assert.equal(statSync(user.path).mode & 0o777, 0o700);
    assert.equal(await findRuntimeDirectory(user), user.path);
    assert.equal(await makeRuntimeDirectory(user), user.path);
  });

  it('is refused when other users can open it', async (t) => {
    const user = owner(t);
    await makeRuntimeDirectory(user);
    for (const mode of [0o710, 0o701, 0o770, 0o777]) {
      chmodSync(user.path, mode);
      const refusal = { code: 'runtime-directory-unusable', message: /chmod 700 \// };
      await assert.rejects(findRuntimeDirectory(user), refusal);
      await assert.rejects(makeRuntimeDirectory(user), refusal);
    }
  });

  it('is refused when it is not a directory of the user', async (t) => {
    const user = owner(t);
    writeFileSync(user.path, '');
    await assert.rejects(findRuntimeDirectory(user), /it is not a directory/);
    rmSync(user.path);
    const planted = join(user.base, 'planted');
    mkdirSync(planted, { mode: 0o700 });
    symlinkSync(planted, user.path);
    await assert.rejects(makeRuntimeDirectory(user), /it is not a directory/);
  });

  it(
    'is refused when it belongs to another user, or is where others can replace it',
    { skip: ME === 0 ? false : 'only root can give files away' },
    async (t) => {
      const user = owner(t);
      await makeRuntimeDirectory(user);
      chownSync(user.path, OTHER, OTHER);
      const message = `The directory ${user.path} cannot be used: it belongs to the user with the id ${OTHER}. Set XDG_RUNTIME_DIR to a directory that only you can use.`;
      await assert.rejects(findRuntimeDirectory(user), { message });
      chownSync(user.path, ME, ME);
      chmodSync(user.base, 0o777);
      await assert.rejects(findRuntimeDirectory(user), /other users can replace what is in it/);
      chmodSync(user.base, 0o1777);
      assert.equal(await findRuntimeDirectory(user), user.path, 'as in /tmp');
      chownSync(user.base, OTHER, OTHER);
      await assert.rejects(findRuntimeDirectory(user), /other users can replace what is in it/);
    },
  );

  it('names what to set when there is none', async () => {
    const user = {
      env: { XDG_RUNTIME_DIR: '/nonexistent' },
      platform: 'linux',
      userId: ME,
    } as const;
    assert.equal(await findRuntimeDirectory(user), undefined);
    await assert.rejects(makeRuntimeDirectory(user), /Set XDG_RUNTIME_DIR to a directory/);
  });
});
