import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspectTools } from '../../../../src/cli/remote/remote-tools.ts';
import { packTree } from '../../../../src/commands/cp/tree/pack.ts';
import { uploadTree } from '../../../../src/commands/cp/up/upload-tree.ts';
import { upload } from '../../../../src/commands/cp/up/upload.ts';
import { startLocalRemote } from '../../../cli/remote/support/local-remote.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { requestOf } from './support/upload-request.ts';

const CONTENT = randomBytes(2_500_001);

async function prepare(t: TestContext) {
  const { remote } = await startLocalRemote(t);
  const tools = await inspectTools(remote);
  assert.ok(tools);
  return { remote, tools, home: temporaryDirectory(t) };
}

describe('a copy to the local target', () => {
  it('brings a file', async (t) => {
    const { remote, tools, home } = await prepare(t);
    const path = join(home, 'file');
    writeFileSync(path, 'old');
    chmodSync(path, 0o600);
    const end = await upload(remote, tools, requestOf(CONTENT, { destination: Buffer.from(path) }));
    assert.equal(end.kind, 'done');
    assert.ok(readFileSync(path).equals(CONTENT));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(home), ['file']);
  });

  it('leaves nothing when it is stopped', async (t) => {
    const { remote, tools, home } = await prepare(t);
    const controller = new AbortController();
    const request = requestOf(CONTENT, {
      destination: Buffer.from(join(home, 'file')),
      signal: controller.signal,
      progress: () => controller.abort(),
    });
    const end = await upload(remote, tools, request);
    assert.deepEqual(end, { kind: 'stopped', partial: undefined });
    assert.deepEqual(readdirSync(home), []);
  });

  it('brings a directory into one that is there', async (t) => {
    const { remote, tools, home } = await prepare(t);
    const [source, directory] = [join(home, 'source'), join(home, 'tree')];
    for (const made of [source, directory]) mkdirSync(made);
    writeFileSync(join(source, 'file'), CONTENT);
    const end = await uploadTree(remote, tools, {
      archive: (umask) => packTree(Buffer.from(source), 'linux', umask, () => undefined),
      directory: Buffer.from(directory),
      mode: 0o755,
      preserve: false,
      sudo: false,
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    assert.equal(end.kind, 'done');
    assert.ok(readFileSync(join(directory, 'file')).equals(CONTENT));
    assert.deepEqual(readdirSync(directory), ['file']);
  });
});
