import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { acquireKey, keyFile } from '../../../src/commands/ssh-config/keyless/host-key-pair.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { SSH } from '../../support/tools.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const context = {
  env: process.env,
  platform: process.platform,
  clock: createVirtualClock(),
  interrupted: new AbortController().signal,
};

describe('the key of a host name', needs(SSH), () => {
  for (const part of ['id', 'id.pub'] as const) {
    it(`is made again when only its ${part} is left, and a process marks it as used`, async (t) => {
      const key = join(temporaryDirectory(t), 'web.ssm.key');
      const { publicKey } = await acquireKey(context, key);
      const [whole = ''] = ['id', 'id.pub'].filter((name) => name !== part);
      rmSync(join(key, whole));
      const again = await acquireKey(context, key);
      assert.notEqual(again.publicKey, publicKey);
      assert.ok(existsSync(keyFile(key)));
      assert.match(readFileSync(`${keyFile(key)}.pub`, 'utf8'), /^ssh-ed25519 /);
      again.release();
      assert.ok(!existsSync(key));
    });
  }

  it('is reported as one that cannot be written', async (t) => {
    const file = join(temporaryDirectory(t), 'file');
    writeFileSync(file, '');
    await assert.rejects(acquireKey(context, join(file, 'web.ssm.key')), {
      code: 'private-files-unwritable',
      message: /: not a directory\. .*XDG_STATE_HOME/,
    });
  });

  it('is not made without OpenSSH, which is reported as that', async (t) => {
    const key = join(temporaryDirectory(t), 'web.ssm.key');
    const empty = temporaryDirectory(t);
    mkdirSync(join(empty, 'bin'));
    const without = { ...context, env: { PATH: join(empty, 'bin') } };
    await assert.rejects(acquireKey(without, key), { code: 'ssh-missing' });
    assert.ok(!existsSync(key));
  });
});
