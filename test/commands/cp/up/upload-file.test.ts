import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { runUpload, type UploadRequest } from '../../../../src/commands/cp/up/run-upload.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../../support/tools.ts';
import {
  createLocalTarget,
  TARGET_KINDS,
  type LocalTarget,
  type TargetDifferences,
} from './support/local-target.ts';
import { fileOf, requestOf } from './support/upload-request.ts';

const CHUNK = 128 * 1024;
const TOOLS = '.tools';

function byBytes(one: Buffer, other: Buffer): number {
  return one.compare(other);
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The names in a directory of the target, as bytes. */
function namesIn(directory: string): readonly Buffer[] {
  const names = readdirSync(directory, { encoding: 'buffer' });
  return names.filter((name) => name.toString() !== TOOLS);
}

for (const kind of TARGET_KINDS) {
  describe(`a copy to a target with ${kind.name}`, needs(DASH, BUSYBOX), () => {
    async function setUp(
      t: TestContext,
      differences?: TargetDifferences,
    ): Promise<{
      readonly home: string;
      readonly target: LocalTarget;
      readonly copy: (data: Buffer, own?: Partial<UploadRequest>) => Promise<unknown>;
    }> {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home, differences);
      t.after(() => assert.equal(target.running(), 0));
      return { home, target, copy: (data, own) => runUpload(requestOf(data, own), target) };
    }

    it('arrives byte for byte, and nothing else is left', async (t) => {
      const { home, copy } = await setUp(t);
      const data = randomBytes(5 * CHUNK + 1);
      assert.deepEqual(await copy(data), {
        kind: 'done',
        bytes: data.length,
        sha256: sha256(data),
      });
      assert.ok(readFileSync(join(home, 'file')).equals(data));
      assert.deepEqual(namesIn(home), [Buffer.from('file')]);
    });

    it('has any length, known or not', async (t) => {
      const { home, copy } = await setUp(t);
      for (const length of [0, 1, CHUNK]) {
        const data = randomBytes(length);
        assert.deepEqual(await copy(data), { kind: 'done', bytes: length, sha256: sha256(data) });
        assert.ok(readFileSync(join(home, 'file')).equals(data));
        const source = { kind: 'stream', stream: Readable.from([data, data]) } as const;
        assert.match(JSON.stringify(await copy(data, { source })), /"done"/);
        assert.ok(readFileSync(join(home, 'file')).equals(Buffer.concat([data, data])));
      }
    });

    it('has a name of any bytes', async (t) => {
      const { home, copy } = await setUp(t);
      const all = Buffer.from(Array.from({ length: 255 }, (_, byte) => byte + 1));
      const names = [
        Buffer.from(`-n it's "a" name\nof $two \`lines\`\\`),
        Buffer.from('-'),
        Buffer.from([0x80, 0x81, 0x82, 0x88, 0xff, 0x0a, 0x0a]),
        // Every byte but the separator: too long for a name with more around it.
        all.filter((byte) => byte !== 0x2f) as Buffer,
      ];
      for (const destination of names) await copy(destination, { destination, sessions: 1 });
      const found = namesIn(home);
      assert.deepEqual([...found].sort(byBytes), names.sort(byBytes));
      for (const name of names) {
        const path = Buffer.concat([Buffer.from(`${home}/`), name]);
        assert.deepEqual(readFileSync(path), name);
      }
    });

    it('gets its mode and time, and keeps the owner of the file it replaces', async (t) => {
      const { home, copy } = await setUp(t);
      writeFileSync(join(home, 'file'), 'old');
      const { uid, gid } = statSync(join(home, 'file'));
      const modifiedAt = new Date('2001-02-03T04:05:06Z');
      await copy(Buffer.from('new'), { mode: 0o4751, modifiedAt });
      const stat = statSync(join(home, 'file'));
      assert.equal(stat.mode & 0o7777, 0o4751);
      assert.deepEqual(stat.mtime, modifiedAt);
      assert.deepEqual([stat.uid, stat.gid], [uid, gid]);
    });

    it('replaces the file that a link is for', async (t) => {
      const { home, copy } = await setUp(t);
      mkdirSync(join(home, 'real'));
      writeFileSync(join(home, 'real', 'old'), 'old');
      symlinkSync('real/old', join(home, 'file'));
      await copy(Buffer.from('new'));
      assert.equal(readFileSync(join(home, 'real', 'old'), 'utf8'), 'new');
      assert.deepEqual(namesIn(home).map(String), ['file', 'real']);
    });

    it('goes on in other sessions when one is lost', async (t) => {
      const { home, target, copy } = await setUp(t);
      const data = randomBytes(18 * CHUNK);
      let sent = 0;
      target.onInput = (session, bytes) => {
        sent += bytes.length;
        if (sent > 6 * CHUNK && session === target.sessions[0]) session.cut();
      };
      assert.deepEqual(await copy(data, { sessions: 3 }), {
        kind: 'done',
        bytes: data.length,
        sha256: sha256(data),
      });
      assert.ok(target.sessions.length > 3);
      assert.ok(readFileSync(join(home, 'file')).equals(data));
    });

    it('leaves the old file and nothing else when it is stopped', async (t) => {
      const { home, target, copy } = await setUp(t);
      writeFileSync(join(home, 'file'), 'old');
      const controller = new AbortController();
      let sent = 0;
      target.onInput = (_session, bytes) => {
        sent += bytes.length;
        if (sent > CHUNK) controller.abort();
      };
      const end = await copy(randomBytes(9 * CHUNK), { signal: controller.signal });
      assert.deepEqual(end, { kind: 'stopped', partial: undefined });
      assert.deepEqual(namesIn(home).map(String), ['file']);
      assert.equal(readFileSync(join(home, 'file'), 'utf8'), 'old');
    });

    it('goes on later from what is there', async (t) => {
      const { home, target, copy } = await setUp(t);
      const data = randomBytes(18 * CHUNK);
      const controller = new AbortController();
      const stopLater = (done: number): void => {
        if (done > 10 * CHUNK) controller.abort();
      };
      const resume = { resume: true, sessions: 1 };
      const first = await copy(data, {
        ...resume,
        signal: controller.signal,
        progress: stopLater,
      });
      const partial = join(home, '.file.part', 'data.0a1b2c');
      assert.deepEqual(first, { kind: 'stopped', partial: Buffer.from(partial) });

      target.name = '1b2c3d';
      let sent = 0;
      target.onInput = (_session, bytes) => {
        sent += bytes.length;
      };
      let resumedAt = 0;
      const progress = (_done: number, resumed: number): void => {
        resumedAt = resumed;
      };
      assert.deepEqual(await copy(data, { ...resume, progress }), {
        kind: 'done',
        bytes: data.length,
        sha256: sha256(data),
      });
      // Whole blocks of 1 MiB: what was stored, and perhaps what was on its way.
      assert.ok(resumedAt === 8 * CHUNK || resumedAt === 16 * CHUNK);
      assert.ok(sent < 12 * CHUNK);
      assert.ok(readFileSync(join(home, 'file')).equals(data));
      assert.deepEqual(namesIn(home).map(String), ['file']);
    });

    it('fails with one sentence about the destination', async (t) => {
      const { home, copy } = await setUp(t);
      mkdirSync(join(home, 'directory'));
      mkdirSync(join(home, '.foreign.part'));
      chmodSync(join(home, '.foreign.part'), 0o777);
      const failure = async (own: Partial<UploadRequest>): Promise<string> => {
        const end = (await copy(Buffer.from('new'), own)) as { readonly error: Error };
        return end.error.message.split('. ', 1).join('');
      };
      const to = (path: string): Partial<UploadRequest> => ({ destination: Buffer.from(path) });
      assert.equal(await failure(to('directory')), 'directory on the target is a directory');
      assert.equal(
        await failure(to('/dev/null')),
        '/dev/null on the target is a device or another special file, which a copy would replace',
      );
      assert.equal(
        await failure(to('missing/file')),
        'The directory for missing/file does not exist on the target',
      );
      assert.match(await failure(to('/proc/file')), /^(?:The user of the session|The directory)/);
      assert.equal(
        await failure({ ...to('foreign'), resume: true }),
        'The temporary directory beside foreign on the target belongs to another user, or was removed',
      );
      assert.equal(
        await failure({ source: { ...fileOf(Buffer.from('123')), size: 5 } as never }),
        'The file became shorter while it was copied to file',
      );
      assert.deepEqual(namesIn(home).map(String), ['.foreign.part', 'directory']);
    });

    it('ends the same when the session that stores the file is lost', async (t) => {
      const { home, target, copy } = await setUp(t);
      let isCut = false;
      target.onInput = (session, bytes) => {
        if (isCut || !bytes.includes('mv -f "$f"')) return;
        isCut = true;
        session.cut();
      };
      const end = await copy(Buffer.from('new'));
      assert.equal(JSON.stringify(end).includes('"done"'), true);
      assert.equal(target.sessions.length, 2);
      assert.equal(readFileSync(join(home, 'file'), 'utf8'), 'new');
      assert.deepEqual(namesIn(home).map(String), ['file']);
    });

    it('does not send zeros', async (t) => {
      const { home, target, copy } = await setUp(t);
      const data = Buffer.alloc(20 * CHUNK + 5);
      data.write('content', 9 * CHUNK + 3);
      let sent = 0;
      target.onInput = (_session, bytes) => {
        sent += bytes.length;
      };
      await copy(data);
      assert.ok(sent < 2 * CHUNK);
      assert.ok(readFileSync(join(home, 'file')).equals(data));
    });

    it('arrives where dd does not read exactly', async (t) => {
      const dd = `case " $* " in *fullblock*) exit 1;; esac\nexec ${kind.busybox.length > 0 ? 'busybox ' : '/usr/bin/'}dd "$@"`;
      const { home, copy } = await setUp(t, {
        programs: { dd },
        tools: { readsFullBlocks: false },
      });
      const data = randomBytes(2 * CHUNK + 1);
      await copy(data);
      assert.ok(readFileSync(join(home, 'file')).equals(data));
    });

    it('is written by sudo', async (t) => {
      const sudo = '[ "$1" = -n ] && shift && exec "$@"';
      const { home, copy } = await setUp(t, { sudo: true, programs: { sudo } });
      const data = randomBytes(2 * CHUNK + 1);
      await copy(data, { sudo: true });
      assert.ok(readFileSync(join(home, 'file')).equals(data));
    });

    it('fails with what sudo reports', async (t) => {
      const sudo = 'echo "sudo: a password is required" >&2; exit 1';
      const { copy } = await setUp(t, { sudo: true, programs: { sudo } });
      assert.match(
        JSON.stringify(await copy(Buffer.from('new'), { sudo: true })),
        /"upload-sudo-refused"/,
      );
    });

    it('fails when the disk there is full, and leaves nothing', async (t) => {
      const dd = `case " $* " in *notrunc*) set -- if=/dev/zero of=/dev/full count=1;; esac\nexec ${kind.busybox.length > 0 ? 'busybox ' : '/usr/bin/'}dd "$@"`;
      const { home, copy } = await setUp(t, { programs: { dd } });
      const end = (await copy(randomBytes(3 * CHUNK))) as { readonly error: Error };
      assert.equal(
        end.error.message,
        'There is no space for file on the target: no space left on device. Free some space there, or choose another destination.',
      );
      assert.deepEqual(namesIn(home), []);
    });

    it('fails when a program there is missing that computes hashes', async (t) => {
      const { home, target } = await setUp(t);
      const request = requestOf(Buffer.from('new'));
      const end = await runUpload(request, { ...target, canHash: false });
      assert.ok(end.kind === 'failed');
      assert.match(end.error.message, /the target lacks sha256sum, shasum and openssl/);
      assert.deepEqual(namesIn(home), []);
    });
  });
}
