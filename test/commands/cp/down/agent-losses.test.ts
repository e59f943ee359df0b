import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspectTools } from '../../../../src/cli/remote/remote-tools.ts';
import type { Downloaded } from '../../../../src/commands/cp/down/create-downloader.ts';
import { openDownloader } from '../../../../src/commands/cp/down/open-downloader.ts';
import type { LocalSession } from '../../../local-aws/local-aws.ts';
import {
  startLocalRemote,
  type LocalRemoteOptions,
} from '../../../cli/remote/support/local-remote.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { collect, type CollectedCopy } from './support/copy-from.ts';

const CONTENT = randomBytes(4_000_001);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
type Source = Parameters<typeof collect>[0];

/** When something happens to the session: far from both ends. */
const MIDDLE = 1_000_000;

async function prepare(t: TestContext, options: LocalRemoteOptions = {}) {
  const { remote, aws } = await startLocalRemote(t, options);
  const tools = await inspectTools(remote);
  assert.ok(tools);
  const downloader = openDownloader(remote, tools, { sessions: 4, limitRate: undefined });
  const path = join(temporaryDirectory(t), 'source');
  writeFileSync(path, CONTENT);
  /** The sessions whose command reads the source, in the order of their start. */
  const readers = (): LocalSession[] =>
    aws.sessions.filter(({ request }) =>
      JSON.stringify(request.Parameters).includes('read -r k s n'),
    );
  /** A copy, and what happens to its first reader in the middle of it. */
  const copyOf = (
    source: Source,
    act: (session: LocalSession) => Promise<void> | void,
  ): CollectedCopy => {
    let received = 0;
    return collect(source, {
      async write(bytes) {
        const isBefore = received < MIDDLE;
        received += bytes.length;
        if (isBefore && received >= MIDDLE) await act(readers()[0] ?? assert.fail());
      },
    });
  };
  const sources = {
    file: { path, size: CONTENT.length },
    pipe: { script: `cat ${path}` },
  } as const;
  /** Copies, and ends all sessions. */
  const download = async (copy: CollectedCopy): Promise<Downloaded> => {
    try {
      return await downloader.download(copy.order);
    } finally {
      await downloader.close();
    }
  };
  return { download, readers, copyOf, sources };
}

describe('a copy from the local target', () => {
  for (const kind of ['file', 'pipe'] as const) {
    it(`continues after its connection was cut, though the agent reads no further (${kind})`, async (t) => {
      const { download, readers, copyOf, sources } = await prepare(t);
      const copy = copyOf(sources[kind], async (session) => {
        session.delayPublication();
        session.cutClient();
        // The agent notices the pause only between two reads (docs/design/agent.md#separate-output).
        await session.until('the end of the output', ({ record }) => record.stoppedOutputs > 0);
        session.releasePublication();
      });
      const { sha256 } = await download(copy);
      assert.ok(copy.bytes().equals(CONTENT));
      assert.equal(sha256, kind === 'pipe' ? SHA256 : undefined);
      const [first, ...others] = readers();
      assert.ok(first !== undefined && first.record.stoppedOutputs > 0);
      // With pauses from then on; a pipe can have only one reader.
      assert.ok(others.length >= (kind === 'pipe' ? 1 : 4));
    });
  }

  it('continues after the service has paused the agent', async (t) => {
    const { download, readers, copyOf, sources } = await prepare(t);
    const copy = copyOf(sources.pipe, async (session) => {
      session.delayPublication();
      await session.until('the end of the output', ({ record }) => record.stoppedOutputs > 0);
      session.releasePublication();
    });
    await download(copy);
    assert.ok(copy.bytes().equals(CONTENT));
    assert.ok(readers().length >= 2);
  });

  it('continues after the service has cut a connection with too many messages', async (t) => {
    const { download, readers, copyOf, sources } = await prepare(t, {
      aws: { sessions: { faults: { messagesPerSecond: 1000 } } },
    });
    const copy = copyOf(sources.file, () => undefined);
    await download(copy);
    assert.ok(copy.bytes().equals(CONTENT));
    assert.equal(readers()[0]?.record.rateCuts, 1);
    assert.ok(readers().length >= 5);
  });
});
