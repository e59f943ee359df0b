import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { createRemote } from '../../../src/cli/remote/remote.ts';
import { startInputSession } from '../../../src/commands/exec/input/input-session.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { startLocalRemote } from '../../cli/remote/support/local-remote.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** How long the target may take. */
const START_LIMIT_MS = 30_000;

describe('the session that carries the input of a command', () => {
  it('has a FIFO whose name has the randomness that it gets', async (t) => {
    const directory = temporaryDirectory(t);
    const { remote } = await startLocalRemote(t, { agent: { environment: { TMPDIR: directory } } });
    const random = { ...remote.context.random, fill: (buffer: Buffer) => void buffer.fill(0xa7) };
    const session = await startInputSession(
      createRemote({ ...remote, context: { ...remote.context, random } }),
      new PassThrough(),
    );
    assert.equal(session?.fifo, `${directory}/session-manager-plugin-${'a7'.repeat(16)}/input`);
    await session.stop();
  });

  it('is given up when the target never becomes ready for it', async (t) => {
    const directory = temporaryDirectory(t);
    const blocked = join(directory, 'mkfifo');
    writeFileSync(blocked, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const PATH = `${directory}:${process.env['PATH'] ?? ''}`;
    const { aws, remote } = await startLocalRemote(t, { agent: { environment: { PATH } } });
    const { context } = remote;
    const virtual = createVirtualClock();
    const waiting = createDeferred<undefined>();
    const clock: Clock = {
      ...context.clock,
      after(delay, callback) {
        if (delay !== START_LIMIT_MS) return context.clock.after(delay, callback);
        waiting.resolve(undefined);
        return virtual.after(delay, callback);
      },
    };
    const starting = startInputSession(
      createRemote({ ...remote, context: { ...context, clock } }),
      new PassThrough(),
    );
    await waiting.promise;
    virtual.advance(START_LIMIT_MS);
    await assert.rejects(starting, /The target was not ready for the input/);
    await aws.sessions[0]?.closed;
  });
});
