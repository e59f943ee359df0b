import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { DownloadOrder } from '../../../../src/commands/cp/down/create-downloader.ts';
import { downloaderThroughS3 } from '../../../../src/commands/cp/s3/download-through-s3.ts';
import { needs } from '../../../support/require-tools.ts';
import { BUSYBOX, CURL, DASH, WGET } from '../../../support/tools.ts';
import { TARGET_KINDS, type TargetKind } from '../up/support/local-target.ts';
import { PART_BYTES, startS3Copies, type S3Copies } from './support/s3-copies.ts';
import { BUSYBOX_WGET, GNU_WGET, toolsWithoutCurl } from './support/tools-without-curl.ts';

const FORBIDDEN = 403;
/** A dd that cannot store what is longer than a frame. */
const FULL_DISK = `#!/bin/sh
case $* in
*of=room* | bs=5242*) echo "dd: error writing 'standard output': No space left on device" >&2; exit 1;;
esac
exec /bin/dd "$@"
`;

function writeOver(path: string, content: string): void {
  rmSync(path);
  writeFileSync(path, content, { mode: 0o755 });
}

interface Downloads extends S3Copies {
  /** Downloads from this target, and what has arrived. */
  readonly download: (
    own: Pick<DownloadOrder, 'source'> & Partial<DownloadOrder>,
  ) => Promise<{ readonly content: Buffer; readonly sha256: string | undefined }>;
}

async function setUp(
  t: TestContext,
  kind: TargetKind,
  environment: Record<string, string> = {},
): Promise<Downloads> {
  const copies = await startS3Copies(t, kind, environment);
  const { host, home, target } = copies;
  const downloader = downloaderThroughS3({
    storage: host.storage,
    hostFor: () => target,
    temporary: home,
    partBytes: PART_BYTES,
  });
  return {
    ...copies,
    async download(own) {
      const chunks: Buffer[] = [];
      const { bytes, sha256 } = await downloader.download({
        title: 'web:data',
        sudo: false,
        from: 0,
        signal: new AbortController().signal,
        write(chunk) {
          chunks.push(chunk);
          return Promise.resolve();
        },
        ...own,
      });
      const content = Buffer.concat(chunks);
      assert.equal(bytes, content.length);
      return { content, sha256 };
    },
  };
}

function fileAt(path: string, size: number): DownloadOrder['source'] {
  return { kind: 'file', setPath: `f='${path}'`, size };
}

for (const kind of TARGET_KINDS) {
  describe(`a copy through S3 from a target with ${kind.name}`, needs(DASH, BUSYBOX, CURL), () => {
    for (const size of [0, 1, PART_BYTES + 1]) {
      it(`brings a file of ${size} bytes`, async (t) => {
        const { home, download } = await setUp(t, kind);
        const content = randomBytes(size);
        const path = join(home, '[a]{b,c} -file');
        writeFileSync(path, content);
        const got = await download({ source: fileAt(path, size) });
        assert.ok(got.content.equals(content));
        assert.deepEqual(readdirSync(home), ['.tools', '[a]{b,c} -file']);
      });
    }

    for (const size of [0, 1, PART_BYTES, 2 * PART_BYTES + 17]) {
      it(`brings ${size} bytes of a script, in parts`, async (t) => {
        const { home, download } = await setUp(t, kind);
        const content = randomBytes(size);
        writeFileSync(join(home, 'data'), content);
        const got = await download({ source: { kind: 'pipe', script: `exec cat '${home}/data'` } });
        assert.ok(got.content.equals(content));
        assert.equal(got.sha256, createHash('sha256').update(content).digest('hex'));
        assert.deepEqual(readdirSync(home), ['.tools', 'data']);
      });
    }
  });
}

const SH: TargetKind = { name: 'sh', shell: ['sh'], busybox: [] };

describe('a copy from a target through S3', needs(DASH, CURL), () => {
  it('brings a file that is too large for one request in parts', async (t) => {
    const { s3, home, host, target } = await startS3Copies(t, SH);
    const content = randomBytes(2 * PART_BYTES);
    writeFileSync(join(home, 'data'), content);
    const chunks: Buffer[] = [];
    await downloaderThroughS3({
      storage: host.storage,
      hostFor: () => target,
      temporary: home,
      maxPutBytes: PART_BYTES,
      partBytes: PART_BYTES,
    }).download({
      title: 'web:data',
      source: fileAt(join(home, 'data'), content.length),
      sudo: false,
      from: 0,
      signal: new AbortController().signal,
      write: (chunk) => Promise.resolve(void chunks.push(chunk)),
    });
    assert.ok(Buffer.concat(chunks).equals(content));
    assert.ok(s3.requests.some((line) => line.includes('partNumber')));
  });

  it('reads on where the connection to S3 broke off here', async (t) => {
    const { s3, home, download } = await setUp(t, SH);
    const content = randomBytes(PART_BYTES);
    writeFileSync(join(home, 'data'), content);
    let cuts = 0;
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'GET' || cuts > 0) return false;
      cuts++;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000), () => response.destroy());
      return true;
    };
    const got = await download({ source: fileAt(join(home, 'data'), content.length) });
    assert.ok(got.content.equals(content));
    assert.equal(cuts, 1);
  });

  it('sends by wget where there is no curl', needs(WGET), async (t) => {
    const { home, download } = await setUp(t, SH, { PATH: toolsWithoutCurl(t, GNU_WGET) });
    const content = randomBytes(PART_BYTES + 1);
    writeFileSync(join(home, 'data'), content);
    const file = await download({ source: fileAt(join(home, 'data'), content.length) });
    assert.ok(file.content.equals(content));
    const script = `exec cat '${home}/data'`;
    assert.ok((await download({ source: { kind: 'pipe', script } })).content.equals(content));
  });

  it('names the program that the target lacks', async (t) => {
    const { home, download } = await setUp(t, SH, { PATH: toolsWithoutCurl(t, BUSYBOX_WGET) });
    writeFileSync(join(home, 'data'), 'x');
    await assert.rejects(
      download({ source: fileAt(join(home, 'data'), 1) }),
      /^CommandError: Cannot copy "web:data" through S3: the target has no curl or wget/,
    );
  });

  it('fails in one sentence without a URL when the target cannot send', async (t) => {
    const { s3, home, download } = await setUp(t, SH);
    writeFileSync(join(home, 'data'), 'x');
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'PUT') return false;
      incoming.resume();
      response.writeHead(FORBIDDEN).end();
      return true;
    };
    const sent = download({ source: fileAt(join(home, 'data'), 1) });
    await assert.rejects(sent, (error: Error) => {
      assert.match(
        error.message,
        /^Cannot copy "web:data": the request of the target to S3 failed/,
      );
      assert.doesNotMatch(error.message, /http|Amz/);
      return true;
    });
  });

  it('reports a script that fails, and leaves nothing', async (t) => {
    const { home, download } = await setUp(t, SH);
    await assert.rejects(
      download({
        source: { kind: 'pipe', script: 'echo x; echo "tar: no such file" >&2; exit 2' },
      }),
      /"web:data" cannot be read on the target: tar: no such file/,
    );
    assert.deepEqual(readdirSync(home), ['.tools']);
  });

  it('names a full disk of the target as the reason', async (t) => {
    const PATH = toolsWithoutCurl(t, GNU_WGET);
    writeOver(join(PATH, 'dd'), FULL_DISK);
    const { home, download } = await setUp(t, SH, { PATH });
    writeFileSync(join(home, 'data'), randomBytes(PART_BYTES));
    await assert.rejects(
      download({ source: { kind: 'pipe', script: `exec cat '${home}/data'` } }),
      /^CommandError: Cannot copy "web:data": the target has no space for a part of it/,
    );
    assert.deepEqual(readdirSync(home), ['.tools', 'data']);
  });

  it('leaves nothing on a target whose session is lost and that cannot be reached again', async (t) => {
    const { s3, home, target, download } = await setUp(t, SH);
    writeFileSync(join(home, 'data'), randomBytes(3 * PART_BYTES));
    s3.intercept = (incoming) => {
      if (incoming.method !== 'PUT') return false;
      target.start = () => () => Promise.reject(new Error('no session'));
      target.sessions[0]?.cut();
      return false;
    };
    await assert.rejects(download({ source: { kind: 'pipe', script: `cat '${home}/data'` } }));
    assert.deepEqual(readdirSync(home), ['.tools', 'data']);
  });

  it('leaves nothing anywhere when it is interrupted', async (t) => {
    const { s3, home, download } = await setUp(t, SH);
    writeFileSync(join(home, 'data'), randomBytes(3 * PART_BYTES));
    const stop = new AbortController();
    let parts = 0;
    s3.intercept = (incoming) => {
      if (incoming.method === 'PUT' && ++parts === 2) stop.abort(new Error('stopped'));
      return false;
    };
    const script = `exec cat '${home}/data'`;
    await assert.rejects(download({ source: { kind: 'pipe', script }, signal: stop.signal }), {
      message: 'stopped',
    });
    assert.deepEqual(readdirSync(home), ['.tools', 'data']);
  });
});
