import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { uploadThroughS3 } from '../../../../src/commands/cp/s3/upload-through-s3.ts';
import type { UploadEnd, UploadRequest } from '../../../../src/commands/cp/up/run-upload.ts';
import { needs } from '../../../support/require-tools.ts';
import { BUSYBOX, CURL, DASH, WGET } from '../../../support/tools.ts';
import { TARGET_KINDS, type TargetKind } from '../up/support/local-target.ts';
import { PART_BYTES, startS3Copies } from './support/s3-copies.ts';
import { BUSYBOX_WGET, GNU_WGET, toolsWithoutCurl } from './support/tools-without-curl.ts';

const MODIFIED = new Date('2020-02-03T04:05:06Z');
const FORBIDDEN = 403;
const BUSYBOX_PATH = '/usr/bin/busybox';

function request(content: Buffer, own: Partial<UploadRequest> = {}): UploadRequest {
  return {
    source: {
      kind: 'file',
      size: content.length,
      read: (into, offset) => Promise.resolve(content.copy(into, 0, offset)),
    },
    destination: Buffer.from("a file's copy"),
    mode: 0o640,
    sudo: false,
    sessions: 1,
    resume: false,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...own,
  };
}

function messageOf(end: UploadEnd): string {
  assert.equal(end.kind, 'failed');
  return end.error.message;
}

for (const kind of TARGET_KINDS) {
  describe(
    `a file copied through S3 to a target with ${kind.name}`,
    needs(DASH, BUSYBOX, CURL),
    () => {
      for (const size of [0, 1, PART_BYTES, 3 * PART_BYTES + 17]) {
        it(`arrives whole with ${size} bytes`, async (t) => {
          const { home, host } = await startS3Copies(t, kind);
          const content = randomBytes(size);
          const progress: number[] = [];
          const end = await uploadThroughS3(
            request(content, { modifiedAt: MODIFIED, progress: (done) => progress.push(done) }),
            host,
          );
          const sha256 = createHash('sha256').update(content).digest('hex');
          assert.deepEqual(end, { kind: 'done', bytes: size, sha256 });
          const path = join(home, "a file's copy");
          assert.ok(readFileSync(path).equals(content));
          assert.equal(statSync(path).mode & 0o7777, 0o640);
          assert.equal(statSync(path).mtimeMs, MODIFIED.getTime());
          assert.equal(progress.at(-1), size);
          assert.deepEqual(readdirSync(home), ['.tools', "a file's copy"]);
        });
      }

      it('goes on where a request of the target broke off', async (t) => {
        const { s3, home, host } = await startS3Copies(t, kind);
        const content = randomBytes(3 * PART_BYTES);
        let cuts = 0;
        s3.intercept = (incoming, response) => {
          if (incoming.method !== 'GET' || cuts > 0) return false;
          cuts++;
          response.writeHead(200, { 'content-length': content.length });
          response.write(content.subarray(0, PART_BYTES), () => response.destroy());
          return true;
        };
        assert.equal((await uploadThroughS3(request(content), host)).kind, 'done');
        assert.equal(cuts, 1);
        assert.ok(readFileSync(join(home, "a file's copy")).equals(content));
      });
    },
  );
}

const DASH_TARGET: TargetKind = { name: 'sh', shell: ['sh'], busybox: [] };

describe('a copy to a target through S3', needs(DASH, CURL), () => {
  it('shows its URLs to no other user of the target, and to no program here', async (t) => {
    const { home, host } = await startS3Copies(t, DASH_TARGET);
    // A curl that records its arguments.
    writeFileSync(
      join(home, '.tools', 'curl'),
      `#!/bin/sh\nprintf '%s\\n' "$@" >>${home}/arguments\nexec /usr/bin/curl "$@"\n`,
      { mode: 0o755 },
    );
    assert.equal((await uploadThroughS3(request(Buffer.from('x')), host)).kind, 'done');
    const seen = readFileSync(join(home, 'arguments'), 'utf8');
    assert.match(seen, /--config\n-\n/);
    assert.doesNotMatch(seen, /http|Amz/);
  });

  for (const [name, wget, tool] of [
    ['GNU', GNU_WGET, WGET],
    ['BusyBox', BUSYBOX_WGET, BUSYBOX],
  ] as const) {
    it(`reads by the wget of ${name} where there is no curl`, needs(tool), async (t) => {
      const { home, host } = await startS3Copies(t, DASH_TARGET, {
        PATH: toolsWithoutCurl(t, wget),
      });
      const content = randomBytes(PART_BYTES + 1);
      assert.equal((await uploadThroughS3(request(content), host)).kind, 'done');
      assert.ok(readFileSync(join(home, "a file's copy")).equals(content));
    });
  }

  it('sets a time-out for a wget of BusyBox that has them', needs(BUSYBOX), async (t) => {
    const PATH = toolsWithoutCurl(t, '');
    const script = `#!/bin/sh
if [ "$1" = --help ]; then echo '[-T SEC]' >&2; exit 1; fi
[ "$1 $2 $3" = '-q -T 60' ] || exit 9
shift 3
exec ${BUSYBOX_PATH} wget -q "$@"
`;
    writeFileSync(join(PATH, 'wget'), script, { mode: 0o755 });
    const { host } = await startS3Copies(t, DASH_TARGET, { PATH });
    assert.equal((await uploadThroughS3(request(randomBytes(17)), host)).kind, 'done');
  });

  it('names a full disk of the target as the reason', async (t) => {
    const PATH = toolsWithoutCurl(t, GNU_WGET);
    const write = (name: string, script: string): void => {
      rmSync(join(PATH, name), { force: true });
      writeFileSync(join(PATH, name), `#!/bin/sh\n${script}`, { mode: 0o755 });
    };
    write('curl', 'echo "curl: (23) Failure writing output to destination" >&2; exit 23');
    const full = `echo "dd: error writing 'room': No space left on device" >&2; exit 1`;
    write('dd', `case $* in *of=room*) ${full};; esac\nexec /bin/dd "$@"`);
    const { home, host } = await startS3Copies(t, DASH_TARGET, { PATH });
    const message = messageOf(await uploadThroughS3(request(randomBytes(17)), host));
    assert.match(message, /no space left on device/);
    assert.deepEqual(readdirSync(home), ['.tools']);
  });

  it('leaves the old file and nothing else when the target cannot read the object', async (t) => {
    const { s3, home, host } = await startS3Copies(t, DASH_TARGET);
    writeFileSync(join(home, "a file's copy"), 'old');
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'GET') return false;
      response.writeHead(FORBIDDEN).end();
      return true;
    };
    const message = messageOf(await uploadThroughS3(request(Buffer.from('new')), host));
    assert.match(message, /the request of the target to S3 failed \(curl: \(22\) .*403/);
    assert.doesNotMatch(message, /http|Amz/);
    assert.equal(readFileSync(join(home, "a file's copy"), 'utf8'), 'old');
    assert.deepEqual(readdirSync(home), ['.tools', "a file's copy"]);
  });

  it('reports what is in the way before anything is stored', async (t) => {
    const { s3, host } = await startS3Copies(t, DASH_TARGET);
    const end = await uploadThroughS3(
      request(Buffer.from('x'), { destination: Buffer.from('no/f') }),
      host,
    );
    assert.match(messageOf(end), /^The directory for no\/f does not exist on the target/);
    assert.deepEqual(
      s3.requests.filter((line) => line.startsWith('PUT')),
      [],
    );
  });

  it('refuses content that has changed on its way', async (t) => {
    const { s3, home, host } = await startS3Copies(t, DASH_TARGET);
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'GET') return false;
      response.writeHead(200, { 'content-length': 3 }).end('bad');
      return true;
    };
    const end = await uploadThroughS3(request(Buffer.from('new')), host);
    assert.match(messageOf(end), /SHA-256/);
    assert.deepEqual(readdirSync(home), ['.tools']);
  });

  it('removes object, parts and temporary file when it is interrupted', async (t) => {
    for (const [method, at] of [
      ['POST', 1],
      ['PUT', 2],
      ['GET', 1],
    ] as const) {
      const { s3, home, host } = await startS3Copies(t, DASH_TARGET);
      const stop = new AbortController();
      let seen = 0;
      s3.intercept = (incoming) => {
        if (incoming.method === method && ++seen === at) stop.abort();
        return false;
      };
      const content = randomBytes(4 * PART_BYTES);
      const end = await uploadThroughS3(request(content, { signal: stop.signal }), host);
      assert.equal(end.kind, 'stopped', method);
      assert.deepEqual(s3.files(), [], method);
      assert.deepEqual(readdirSync(home), ['.tools'], method);
    }
  });

  it('copies a stream of unknown length', async (t) => {
    const { home, host } = await startS3Copies(t, DASH_TARGET);
    const content = randomBytes(2 * PART_BYTES + 1);
    const stream = Readable.from([content.subarray(0, 7), content.subarray(7)]);
    const end = await uploadThroughS3(
      request(content, { source: { kind: 'stream', stream } }),
      host,
    );
    assert.equal(end.kind, 'done');
    assert.ok(readFileSync(join(home, "a file's copy")).equals(content));
  });

  it('reports what is left when the object cannot be removed: the file is in its place', async (t) => {
    const { s3, home, left, host } = await startS3Copies(t, DASH_TARGET);
    s3.intercept = (incoming, response) => {
      if (incoming.method !== 'DELETE') return false;
      s3.intercept = () => false;
      response.writeHead(FORBIDDEN).end();
      return true;
    };
    const end = await uploadThroughS3(request(Buffer.from('x')), host);
    assert.equal(end.kind, 'done');
    assert.equal(readFileSync(join(home, "a file's copy"), 'utf8'), 'x');
    assert.equal(left.length, 1);
    assert.match(left[0] ?? '', /^s3:\/\/transfer\/copies\/0 could not be removed/);
    await host.storage.store.remove('copies/0');
  });
});
