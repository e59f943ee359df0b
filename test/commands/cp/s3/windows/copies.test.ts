import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import type { PathOrder, WantedPath } from '../../../../../src/commands/cp/files/target-files.ts';
import { downloaderFromWindows } from '../../../../../src/commands/cp/s3/windows/download-from-windows.ts';
import {
  uploadToWindows,
  uploadTreeToWindows,
} from '../../../../../src/commands/cp/s3/windows/upload-to-windows.ts';
import { windowsFiles } from '../../../../../src/commands/cp/s3/windows/windows-files.ts';
import type { UploadRequest } from '../../../../../src/commands/cp/up/run-upload.ts';
import { execFileSync } from '../../../../support/child-process.ts';
import { temporaryDirectory } from '../../../../support/temporary-directory.ts';
import { PART_BYTES, startS3Copies } from '../support/s3-copies.ts';
import { createWindowsTarget } from '../support/windows-target.ts';

const MODIFIED = new Date('2020-02-03T04:05:06Z');
const FORBIDDEN = 403;
const KIND = { name: 'unused', shell: ['sh'], busybox: [] } as const;

async function setUp(t: TestContext) {
  const { s3, host } = await startS3Copies(t, KIND);
  const drive = temporaryDirectory(t);
  const { run, steps } = createWindowsTarget(drive);
  const { storage, clock, name } = host;
  return {
    s3,
    drive,
    steps,
    run,
    host: { run, storage, clock, name, temporary: 'C:/Temp', partBytes: PART_BYTES },
  };
}

function request(content: Buffer, own: Partial<UploadRequest> = {}): UploadRequest {
  return {
    source: {
      kind: 'file',
      size: content.length,
      read: (into, offset) => Promise.resolve(content.copy(into, 0, offset)),
    },
    destination: Buffer.from('C:/copy'),
    mode: 0o640,
    modifiedAt: MODIFIED,
    sudo: false,
    sessions: 1,
    resume: false,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...own,
  };
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

describe('a copy to a target with Windows', () => {
  for (const size of [0, 1, PART_BYTES, 2 * PART_BYTES + 17]) {
    it(`arrives whole with ${size} bytes`, async (t) => {
      const { drive, host, steps } = await setUp(t);
      const content = randomBytes(size);
      writeFileSync(join(drive, 'copy'), 'old');
      const progress: number[] = [];
      const end = await uploadToWindows(
        request(content, { progress: (done) => progress.push(done) }),
        host,
      );
      assert.deepEqual(end, { kind: 'done', bytes: size, sha256: sha256(content) });
      assert.ok(readFileSync(join(drive, 'copy')).equals(content));
      assert.equal(statSync(join(drive, 'copy')).mtimeMs, MODIFIED.getTime());
      assert.equal(progress.at(-1), size);
      assert.deepEqual(steps, ['prepare', 'fetch', 'finish']);
    });
  }

  it('goes on where a request of the target broke off', async (t) => {
    const { s3, drive, host, steps } = await setUp(t);
    const content = randomBytes(2 * PART_BYTES);
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'GET') return false;
      s3.intercept = () => false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, PART_BYTES), () => response.destroy());
      return true;
    };
    assert.equal((await uploadToWindows(request(content), host)).kind, 'done');
    assert.ok(readFileSync(join(drive, 'copy')).equals(content));
    assert.deepEqual(steps, ['prepare', 'fetch', 'fetch', 'finish']);
  });

  it('leaves the old file and nothing else when the target cannot read the object', async (t) => {
    const { s3, drive, host } = await setUp(t);
    writeFileSync(join(drive, 'copy'), 'old');
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'GET') return false;
      response.writeHead(FORBIDDEN).end();
      return true;
    };
    const end = await uploadToWindows(request(Buffer.from('new')), host);
    assert.equal(end.kind, 'failed');
    assert.match(end.error.message, /the request of the target to S3 failed \(.*403/);
    assert.doesNotMatch(end.error.message, /http|Amz/);
    assert.equal(readFileSync(join(drive, 'copy'), 'utf8'), 'old');
    assert.deepEqual(readdirSync(drive), ['copy']);
  });

  it('refuses content that has changed on its way', async (t) => {
    const { s3, drive, host } = await setUp(t);
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'GET') return false;
      response.writeHead(200, { 'content-length': 3 }).end('bad');
      return true;
    };
    const end = await uploadToWindows(request(Buffer.from('new')), host);
    assert.equal(end.kind, 'failed');
    assert.match(end.error.message, /SHA-256/);
    assert.deepEqual(readdirSync(drive), []);
  });

  it('reports a directory in its way, and a missing one, before anything is stored', async (t) => {
    const { s3, drive, host } = await setUp(t);
    mkdirSync(join(drive, 'copy'));
    for (const [destination, message] of [
      ['C:/copy', /^C:\/copy on the target is a directory/],
      ['C:/no/copy', /^The directory for C:\/no\/copy does not exist/],
    ] as const) {
      const own = { destination: Buffer.from(destination) };
      const end = await uploadToWindows(request(Buffer.from('x'), own), host);
      assert.equal(end.kind, 'failed');
      assert.match(end.error.message, message);
    }
    assert.deepEqual(
      s3.requests.filter((line) => line.startsWith('PUT')),
      [],
    );
    assert.deepEqual(readdirSync(drive), ['copy']);
  });

  it('removes object and temporary file when it is interrupted', async (t) => {
    const { s3, drive, host, steps } = await setUp(t);
    const stop = new AbortController();
    s3.intercept = (incoming) => {
      if (incoming.method === 'GET') stop.abort();
      return false;
    };
    const own = { signal: stop.signal };
    assert.equal((await uploadToWindows(request(Buffer.from('x'), own), host)).kind, 'stopped');
    assert.equal(steps.at(-1), 'remove');
    assert.deepEqual(readdirSync(drive), []);
  });

  it('unpacks a directory, which appears when it is whole', async (t) => {
    const { drive, host } = await setUp(t);
    const local = temporaryDirectory(t);
    writeFileSync(join(local, 'a'), 'content');
    const archive = (): Readable =>
      Readable.from([execFileSync('tar', ['-cf', '-', '-C', local, '.'])]);
    for (let count = 0; count < 2; count++) {
      const end = await uploadTreeToWindows(
        {
          archive,
          directory: Buffer.from('C:/tree'),
          mode: 0o755,
          preserve: false,
          sudo: false,
          signal: new AbortController().signal,
          progress: () => undefined,
        },
        host,
      );
      assert.equal(end.kind, 'done');
      assert.deepEqual(readdirSync(drive), ['tree']);
      assert.equal(readFileSync(join(drive, 'tree', 'a'), 'utf8'), 'content');
    }
  });
});

describe('a copy from a target with Windows', () => {
  async function download(
    { host }: Pick<Awaited<ReturnType<typeof setUp>>, 'host'>,
    wanted: WantedPath,
  ) {
    const received: Buffer[] = [];
    const order: PathOrder = {
      title: 'web:C:/source',
      wanted,
      sudo: false,
      from: 0,
      write: (bytes) => Promise.resolve(void received.push(Buffer.from(bytes))),
      signal: new AbortController().signal,
    };
    const downloaded = await downloaderFromWindows(host).download(order);
    return { ...downloaded, content: Buffer.concat(received) };
  }

  for (const size of [0, 1, PART_BYTES, 2 * PART_BYTES + 17]) {
    it(`arrives whole with ${size} bytes`, async (t) => {
      const context = await setUp(t);
      const sent = randomBytes(size);
      writeFileSync(join(context.drive, 'source'), sent);
      const wanted = { kind: 'file', path: Buffer.from('C:/source'), size } as const;
      const { bytes, content } = await download(context, wanted);
      assert.equal(bytes, size);
      assert.ok(content.equals(sent));
      const parts = Math.max(1, Math.ceil(size / PART_BYTES));
      assert.deepEqual(context.steps, Array<string>(parts).fill('send'));
    });
  }

  it('packs a directory, and removes the archive', async (t) => {
    const context = await setUp(t);
    mkdirSync(join(context.drive, 'source'));
    writeFileSync(join(context.drive, 'source', 'a'), 'x');
    const wanted = { kind: 'directory', path: Buffer.from('C:/source') } as const;
    const downloaded = await download(context, wanted);
    assert.equal(downloaded.sha256, sha256(downloaded.content));
    assert.match(execFileSync('tar', ['-tf', '-'], { input: downloaded.content }).toString(), /a/);
    assert.deepEqual(readdirSync(join(context.drive, 'Temp')), []);
  });

  it('fails after three requests of the target that failed', async (t) => {
    const context = await setUp(t);
    writeFileSync(join(context.drive, 'source'), 'x');
    context.s3.intercept = (incoming, response) => {
      if (incoming.method !== 'PUT') return false;
      response.writeHead(FORBIDDEN).end();
      return true;
    };
    const wanted = { kind: 'file', path: Buffer.from('C:/source'), size: 1 } as const;
    await assert.rejects(download(context, wanted), /^\w*Error: .*to S3 failed \(.*403/);
    assert.deepEqual(context.steps, ['send', 'send', 'send']);
  });

  it('finds out what is there, and the SHA-256 of a file', async (t) => {
    const { drive, run } = await setUp(t);
    writeFileSync(join(drive, 'source'), 'x');
    mkdirSync(join(drive, 'directory'));
    const { signal } = new AbortController();
    const facts = { home: 'C:/', hasTar: false, title: 'web', stopped: signal };
    const files = windowsFiles(run, facts);
    const inspection = { title: 'web:C:/source', prefix: 0, sudo: false, signal };
    const file = await files.inspect(Buffer.from('C:/source'), inspection);
    assert.equal(file.kind, 'file');
    assert.equal(file.size, 1);
    assert.equal(await file.sha256, sha256(Buffer.from('x')));
    for (const [path, kind] of [
      ['C:/directory', 'directory'],
      ['C:/none', 'missing'],
    ] as const) {
      assert.equal((await files.inspect(Buffer.from(path), inspection)).kind, kind);
      assert.equal(await files.kindOf(Buffer.from(path), false), kind);
    }
    assert.throws(() => files.requireTar(), /web has no tar/);
    await assert.rejects(files.kindOf(Buffer.from('C:/a'), true), /no sudo/);
  });
});
