import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import type { RemoteEnd } from '../../../../src/cli/remote/remote.ts';
import { remove, runUpload, type UploadHost } from '../../../../src/commands/cp/up/run-upload.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../../support/tools.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { createLocalTarget, TARGET_KINDS } from './support/local-target.ts';
import { ownProgram } from './support/program-scripts.ts';
import { requestOf } from './support/upload-request.ts';

const CHUNK = 128 * 1024;
const MINUTE_MS = 60_000;

for (const kind of TARGET_KINDS) {
  describe(`a copy of stdin to a target with ${kind.name}`, needs(DASH, BUSYBOX), () => {
    it('stops at once, also when stdin is silent', async (t) => {
      const home = temporaryDirectory(t);
      const target = await createLocalTarget(kind, home);
      const controller = new AbortController();
      const stream = new PassThrough();
      stream.write(randomBytes(CHUNK));
      const end = await runUpload(
        requestOf(Buffer.alloc(0), {
          source: { kind: 'stream', stream },
          signal: controller.signal,
          progress: () => controller.abort(),
        }),
        target,
      );
      assert.deepEqual(end, { kind: 'stopped', partial: undefined });
      assert.deepEqual(readdirSync(home), ['.tools']);
      assert.equal(target.running(), 0);
      assert.ok(stream.destroyed);
    });

    it('fails at once when it cannot be stored, also when stdin is silent', async (t) => {
      const home = temporaryDirectory(t);
      const dd = `case " $* " in *notrunc*) set -- if=/dev/zero of=/dev/full count=1;; esac\nexec ${ownProgram(kind, 'dd')} "$@"`;
      const target = await createLocalTarget(kind, home, { programs: { dd } });
      const stream = new PassThrough();
      stream.write(randomBytes(CHUNK));
      const source = { kind: 'stream', stream } as const;
      const end = await runUpload(requestOf(Buffer.alloc(0), { source, sessions: 3 }), target);
      assert.ok(end.kind === 'failed');
      assert.match(end.error.message, /^There is no space for file on the target/);
      assert.equal(target.running(), 0);
    });

    it('fails when the program that reads a chunk there fails', async (t) => {
      const perl = '[ "$3" -lt 100000 ] && exec /usr/bin/perl "$@"\nhead -c 1000\nexit 1';
      const target = await createLocalTarget(kind, temporaryDirectory(t), {
        programs: { perl },
        tools: { readsFullBlocks: false },
      });
      const end = await runUpload(requestOf(randomBytes(CHUNK), { sessions: 1 }), target);
      assert.ok(end.kind === 'failed');
      assert.match(end.error.message, /the commands that receive it ended on the target/);
    });
  });
}

describe('the cleanup of a copy', () => {
  it('waits for the end of its session after its time limit', async () => {
    const clock = createVirtualClock();
    const ended = createDeferred<RemoteEnd>();
    const events: string[] = [];
    const host: UploadHost = {
      clock,
      name: '0a1b2c',
      canHash: true,
      freeSent: () => undefined,
      start: (signal) => () => {
        signal.addEventListener('abort', () => events.push('aborted'));
        const stop = (): Promise<void> => Promise.resolve();
        return Promise.resolve({ ended: ended.promise, connectedSince: 0, stop });
      },
    };
    const destination = {
      kind: 'file',
      path: Buffer.from('file'),
      suffix: 'part',
      copy: host.name,
    } as const;
    const removed = remove(destination, host).then((isRemoved) => {
      events.push('removed');
      return isRemoved;
    });
    await new Promise(setImmediate);
    clock.advance(MINUTE_MS / 2);
    await new Promise(setImmediate);
    events.push('ended');
    ended.resolve({ kind: 'stopped' });
    assert.equal(await removed, false);
    assert.deepEqual(events, ['aborted', 'ended', 'removed']);
  });
});
