import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspectTools } from '../../../../src/cli/remote/remote-tools.ts';
import { startRawCommand } from '../../../../src/cli/remote/start-raw-command.ts';
import { openDownloader } from '../../../../src/commands/cp/down/open-downloader.ts';
import { startRequestSession } from '../../../../src/commands/cp/down/sessions/request-session.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { startLocalRemote } from '../../../cli/remote/support/local-remote.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { collect } from './support/copy-from.ts';

const CONTENT = randomBytes(5_000_001);

async function prepare(t: TestContext) {
  const { remote, aws } = await startLocalRemote(t);
  const tools = await inspectTools(remote);
  assert.ok(tools);
  const downloader = openDownloader(remote, tools, { sessions: 4, limitRate: undefined });
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

  it('has a session of requests that answers probes', async (t) => {
    const { remote } = await startLocalRemote(t);
    const session = startRequestSession(
      {
        start: () => assert.fail(),
        startRaw: (script, streams) => startRawCommand(remote, script, streams),
      },
      systemClock,
      join(temporaryDirectory(t), 'fifos'),
    );
    const channel = session.openChannel();
    await channel?.probe();
    await session.close();
    const { end } = await session.ended;
    assert.deepEqual(end, { kind: 'exited', status: 0 });
  });

  it('brings the output of a script', async (t) => {
    const { downloader, path } = await prepare(t);
    const copy = collect({ script: `cat ${path}` });
    const { sha256 } = await downloader.download(copy.order);
    assert.ok(copy.bytes().equals(CONTENT));
    assert.equal(sha256, createHash('sha256').update(CONTENT).digest('hex'));
    await downloader.close();
  });
});
