import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspectTools } from '../../../../src/cli/remote/remote-tools.ts';
import { openDownloader } from '../../../../src/commands/cp/down/open-downloader.ts';
import { startLocalRemote } from '../../../cli/remote/support/local-remote.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { collect } from './support/copy-from.ts';

const CONTENT = randomBytes(5_000_001);

async function prepare(t: TestContext) {
  const { remote, aws } = await startLocalRemote(t);
  const tools = await inspectTools(remote);
  assert.ok(tools);
  const downloader = openDownloader(remote, tools, { sessions: 4, limitRate: undefined });
  t.after(() => downloader.close());
  const path = join(temporaryDirectory(t), 'source');
  writeFileSync(path, CONTENT);
  return { downloader, aws, path };
}

describe('a copy from the local target', () => {
  it('brings a file', async (t) => {
    const { downloader, path, aws } = await prepare(t);
    const copy = collect({ path, size: CONTENT.length });
    await downloader.download(copy.order);
    assert.ok(copy.bytes().equals(CONTENT));
    await downloader.close();
    assert.equal(aws.sessions.length, 3);
  });

  it('brings the output of a script', async (t) => {
    const { downloader, path } = await prepare(t);
    const copy = collect({ script: `cat ${path}` });
    const { sha256 } = await downloader.download(copy.order);
    assert.ok(copy.bytes().equals(CONTENT));
    assert.equal(sha256, createHash('sha256').update(CONTENT).digest('hex'));
  });
});
