import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import type { UploadSource } from '../../../../src/commands/cp/up/chunks/chunk-source.ts';
import {
  runUpload,
  type UploadEnd,
  type UploadRequest,
} from '../../../../src/commands/cp/up/run-upload.ts';
import { replyLines } from '../../../../src/commands/cp/up/sessions/reply-lines.ts';
import {
  chunkFrame,
  endFrame,
  scriptFrame,
  type Reply,
} from '../../../../src/commands/cp/up/target/frames.ts';
import { enterScript, prepareScript } from '../../../../src/commands/cp/up/target/file-scripts.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../../support/tools.ts';
import { createLocalTarget, TARGET_KINDS, type LocalTarget } from './support/local-target.ts';
import { NOTHING, ownProgram } from './support/program-scripts.ts';
import { fileOf, requestOf } from './support/upload-request.ts';

const CHUNK = 128 * 1024;
/** Chunks of the smallest block whose hash is compared, 1 MiB. */
const BLOCK_CHUNKS = 8;
const PRIVATE = '.file.part';

function namesIn(home: string): readonly string[] {
  return readdirSync(home).filter((name) => name !== '.tools');
}

/** Waits until a path exists, or does not exist any more. */
async function changed(t: TestContext, path: string, exists: boolean): Promise<void> {
  const watcher = watch(join(path, '..'));
  t.after(() => watcher.close());
  while (existsSync(path) !== exists) await once(watcher, 'change');
}

/** A receiver that a test feeds itself. */
async function feed(target: LocalTarget): Promise<{
  send(bytes: readonly Buffer[]): void;
  /** The next line of this kind. */
  next(kind: Reply['kind']): Promise<void>;
  hangUp(): Promise<void>;
  readonly problems: readonly string[];
}> {
  const input = new PassThrough();
  const seen: Reply['kind'][] = [];
  let notify = (): void => undefined;
  const problems: string[] = [];
  const output = replyLines((reply) => {
    seen.push(reply.kind);
    if (reply.kind === 'result' && reply.name === 'problem') problems.push(reply.value);
    notify();
  });
  const command = await target.start(new AbortController().signal)({ input, output });
  return {
    send: (bytes) => bytes.forEach((piece) => input.write(piece)),
    async next(kind) {
      while (!seen.includes(kind)) {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
      seen.splice(0, seen.indexOf(kind) + 1);
    },
    hangUp: () => command.stop(),
    problems,
  };
}

for (const kind of TARGET_KINDS) {
  describe(`the private directory of a target with ${kind.name}`, needs(DASH, BUSYBOX), () => {
    const destination = (copy: string) =>
      ({ kind: 'file', path: Buffer.from('file'), suffix: 'part', copy }) as const;

    it('is removed there when the only session is lost and no other comes', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home, { programs: { sleep: NOTHING } });
      const receiver = await feed(target);
      receiver.send(scriptFrame(prepareScript(destination('0a1b2c'), undefined, false)));
      await receiver.next('ran');
      assert.ok(existsSync(join(home, PRIVATE, 'data.0a1b2c')));
      await receiver.hangUp();
      await changed(t, join(home, PRIVATE), false);
    });

    it('is removed there when the session that root writes in is lost', async (t) => {
      const home = temporaryDirectory(t);
      const sudo = '[ "$1" = -n ] && shift && exec "$@"';
      const programs = { sleep: NOTHING, sudo };
      const target = await createLocalTarget(kind, home, { sudo: true, programs });
      const receiver = await feed(target);
      receiver.send(scriptFrame(prepareScript(destination('0a1b2c'), undefined, false)));
      await receiver.next('ran');
      const [header, content] = chunkFrame(0, Buffer.alloc(CHUNK));
      assert.ok(header !== undefined && content !== undefined);
      // It is lost in the middle of a chunk.
      receiver.send([header, content.subarray(0, CHUNK - 1)]);
      await receiver.hangUp();
      await changed(t, join(home, PRIVATE), false);
    });

    it('stays for --resume when its session is lost', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home, { programs: { sleep: NOTHING } });
      const receiver = await feed(target);
      receiver.send(scriptFrame(prepareScript(destination('0a1b2c'), undefined, true)));
      await receiver.next('ran');
      await receiver.hangUp();
      await changed(t, join(home, PRIVATE, 'lock'), false);
      assert.ok(existsSync(join(home, PRIVATE, 'data.0a1b2c')));
    });

    it('is taken once by a copy whose sessions are lost before they can answer', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home, { programs: { sleep: NOTHING } });
      for (let session = 0; session < 2; session++) {
        const receiver = await feed(target);
        receiver.send(scriptFrame(prepareScript(destination('1a'), CHUNK, true)));
        await receiver.next('ran');
        assert.deepEqual(receiver.problems, []);
        await receiver.hangUp();
      }
      assert.deepEqual(namesIn(home), [PRIVATE]);
    });

    it('is that of a copy that works, and of no other', async (t) => {
      const home = temporaryDirectory(t);
      // While the second copy waits, the first one shows life.
      const sleep = `[ "$1" = 1 ] || exec ${ownProgram(kind, 'sleep')} "$@"
echo x >>"$HOME/${PRIVATE}/beat"`;
      const target = await createLocalTarget(kind, home, { programs: { sleep } });
      const data = randomBytes(3 * CHUNK);
      const copy = (name: string, own: Partial<UploadRequest>): Promise<UploadEnd> =>
        runUpload(requestOf(data, { resume: true, sessions: 1, ...own }), { ...target, name });
      const file = fileOf(data) as Extract<UploadSource, { kind: 'file' }>;
      const [isReady, isRefused] = [createDeferred<undefined>(), createDeferred<undefined>()];
      const first = copy('1a', {
        source: {
          ...file,
          async read(into, offset) {
            if (offset > CHUNK) await isRefused.promise;
            return file.read(into, offset);
          },
        },
        progress: () => isReady.resolve(undefined),
      });
      await isReady.promise;
      const second = copy('2b', { source: fileOf(randomBytes(3 * CHUNK)) });
      await second;
      isRefused.resolve(undefined);
      const ends = await Promise.all([first, second]);
      assert.deepEqual(
        ends.map((end) => end.kind),
        ['done', 'failed'],
      );
      assert.match(JSON.stringify(ends[1]), /"upload-busy"/);
      assert.ok(readFileSync(join(home, 'file')).equals(data));
      assert.deepEqual(namesIn(home), ['file']);
    });

    it('is taken over from a copy whose sessions may come back, which does no harm', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home, { programs: { sleep: NOTHING } });
      const earlier = await feed(target);
      const data = randomBytes((BLOCK_CHUNKS + 1) * CHUNK);
      const other = randomBytes(CHUNK);
      const [header, content] = chunkFrame(0, other);
      earlier.send(scriptFrame(prepareScript(destination('1a'), data.length, true)));
      for (let index = 0; index < BLOCK_CHUNKS; index++) {
        earlier.send(chunkFrame(index, data.subarray(index * CHUNK, (index + 1) * CHUNK)));
      }
      for (let index = 0; index < BLOCK_CHUNKS; index++) await earlier.next('stored');
      assert.ok(header !== undefined && content !== undefined);
      // The program that writes the chunk runs, and waits for the rest.
      earlier.send([header, content.subarray(0, CHUNK - 1)]);
      let resumed = 0;
      const end = await runUpload(
        requestOf(data, {
          resume: true,
          progress(_done, resumedAt) {
            resumed = resumedAt;
          },
        }),
        { ...target, name: '2b' },
      );
      assert.equal(end.kind, 'done');
      assert.equal(resumed, BLOCK_CHUNKS * CHUNK);
      earlier.send([content.subarray(CHUNK - 1)]);
      await earlier.next('stored');
      assert.ok(readFileSync(join(home, 'file')).equals(data));
      await earlier.hangUp();
    });

    it('may go while a session enters it, which does not end that session', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home);
      const receiver = await feed(target);
      receiver.send(scriptFrame(prepareScript(destination('1a'), undefined, false)));
      await receiver.next('ran');
      const late = await feed(target);
      const enter = enterScript(destination('1a'), false).toString();
      // The copy ends just after this session has seen that the directory is that of its copy.
      const gone = enter.replace('mkdir lock 2>/dev/null', 'rm -rf "$t"');
      assert.notEqual(gone, enter);
      late.send(scriptFrame(Buffer.from(gone)));
      await late.next('ran');
      late.send(scriptFrame(Buffer.from(':')));
      await late.next('ran');
      await Promise.all([receiver.hangUp(), late.hangUp()]);
    });

    it('keeps the file of --resume to itself when the copy is stopped at its end', async (t) => {
      const home = temporaryDirectory(t);
      writeFileSync(join(home, 'file'), 'old');
      const [asked, go] = [join(home, '.tools', 'asked'), join(home, '.tools', 'go')];
      const sha256sum = `: >'${asked}'
until [ -e '${go}' ]; do ${ownProgram(kind, 'sleep')} 0.01; done
exec ${ownProgram(kind, 'sha256sum')} "$@"`;
      const target = await createLocalTarget(kind, home, { programs: { sha256sum } });
      const controller = new AbortController();
      const copy = runUpload(
        requestOf(Buffer.from('new'), { resume: true, signal: controller.signal }),
        target,
      );
      await changed(t, asked, true);
      controller.abort();
      assert.equal((await copy).kind, 'stopped');
      writeFileSync(go, '');
      await changed(t, join(home, PRIVATE, 'lock'), false);
      assert.equal(readFileSync(join(home, 'file'), 'utf8'), 'old');
    });

    it('may have other permissions, where the file system has one for all', async (t) => {
      const home = temporaryDirectory(t);
      const mkdir = `[ "$1" = -m ] && shift 2\n${ownProgram(kind, 'mkdir')} "$@" && exec ${ownProgram(kind, 'chmod')} 755 "$@"`;
      const target = await createLocalTarget(kind, home, { programs: { mkdir } });
      const data = randomBytes(2 * CHUNK);
      assert.equal((await runUpload(requestOf(data), target)).kind, 'done');
      assert.ok(readFileSync(join(home, 'file')).equals(data));
    });

    it('is removed again where others could write to it', async (t) => {
      const home = temporaryDirectory(t);
      const mkdir = `[ "$1" = -m ] && shift 2\n${ownProgram(kind, 'mkdir')} "$@" && exec ${ownProgram(kind, 'chmod')} 777 "$@"`;
      const target = await createLocalTarget(kind, home, { programs: { mkdir } });
      const end = await runUpload(requestOf(Buffer.from('new')), target);
      assert.match(JSON.stringify(end), /"upload-directory-unowned"/);
      assert.deepEqual(namesIn(home), []);
    });

    it('leaves nothing in a directory that appears at the destination', async (t) => {
      const home = temporaryDirectory(t);
      const mv = `for to; do :; done\n/bin/mkdir "$to"\nexec ${ownProgram(kind, 'mv')} "$@"`;
      const target = await createLocalTarget(kind, home, { programs: { mv } });
      const end = await runUpload(requestOf(Buffer.from('new')), target);
      assert.match(JSON.stringify(end), /"upload-directory"/);
      assert.deepEqual(namesIn(home), ['file']);
      assert.deepEqual(readdirSync(join(home, 'file')), []);
    });

    it('shows life while a script runs', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home, { programs: { sleep: NOTHING } });
      const receiver = await feed(target);
      receiver.send(scriptFrame(Buffer.from('until [ -e "$home/go" ]; do :; done')));
      await receiver.next('alive');
      writeFileSync(join(home, 'go'), '');
      await receiver.next('ran');
      receiver.send(endFrame());
      await receiver.hangUp();
    });
  });
}
