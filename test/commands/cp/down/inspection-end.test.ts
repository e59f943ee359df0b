import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, it } from 'node:test';
import {
  inspectPath,
  type InspectedFile,
} from '../../../../src/commands/cp/down/inspect-source.ts';
import { createDeferred } from '../../../../src/lib/deferred.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { createScriptedTarget, type ScriptedCommand } from './support/scripted-target.ts';

const CONTENT = Buffer.from('0-1\n');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const FACTS = `f ${CONTENT.length} 644 1600000000`;

function prepare(replies: readonly (Buffer | string)[]) {
  const clock = createVirtualClock();
  const target = createScriptedTarget();
  target.onCommand = (command) => {
    replies.forEach((reply) => command.reply(reply));
    const isWhole = replies.length === 4 || /^[doe]/.test(replies[0]?.toString() ?? '');
    if (isWhole) command.end({ kind: 'exited', status: 0 });
  };
  const abort = new AbortController();
  const inspect = () =>
    inspectPath(
      {
        ...{ title: 'web:source', path: '/source', prefix: 0, withContent: true, sudo: false },
        signal: abort.signal,
      },
      {
        ...{ sessions: target, clock },
        tools: { base64: 'base64', sha256: 'sha256sum', readsFullBlocks: true },
      },
    );
  const inspectFile = async (): Promise<InspectedFile> => {
    const source = await inspect();
    assert.equal(source.kind, 'file');
    return source;
  };
  const isRunning = ({ isRunning: runs }: ScriptedCommand): boolean => runs;
  /** Neither a session nor a timer is left. */
  const assertEnded = (): void => {
    assert.equal(target.commands.filter(isRunning).length, 0);
    assert.equal(clock.pending, 0);
  };
  return { target, clock, abort, inspect, inspectFile, assertEnded };
}

describe('an inspection that ends', () => {
  it('leaves no session and no timer when all is known', async () => {
    const { inspectFile, assertEnded } = prepare([FACTS, CONTENT, '', SHA256]);
    const file = await inspectFile();
    assert.equal(await file.sha256, SHA256);
    await file.stop();
    assertEnded();
  });

  it('leaves none when its user needs no more', async () => {
    const { inspectFile, assertEnded } = prepare([FACTS, CONTENT]);
    const file = await inspectFile();
    await file.stop();
    assertEnded();
  });

  it('starts no other command after that', async () => {
    const { clock, target, inspectFile } = prepare([FACTS, CONTENT]);
    const file = await inspectFile();
    await file.stop();
    clock.advance(3_600_000);
    await nextTurn();
    assert.equal(target.commands.length, 1);
  });

  for (const [why, act] of [
    ['its signal', ({ abort }) => abort.abort(new Error('Ctrl-C'))],
    ['nonsense', ({ target }) => target.commands[0]?.reply('f x 644 0')],
  ] satisfies readonly (readonly [string, (inspection: ReturnType<typeof prepare>) => void])[]) {
    it(`rejects only when its session has ended, after ${why}`, async () => {
      const inspection = prepare([]);
      const ending = createDeferred<undefined>();
      inspection.target.beforeEnd = ending.promise;
      let isRejected = false;
      const inspecting = inspection.inspect().catch((error: unknown) => {
        isRejected = true;
        return error;
      });
      await nextTurn();
      act(inspection);
      for (let turn = 0; turn < 10; turn++) await nextTurn();
      assert.equal(isRejected, false);
      ending.resolve(undefined);
      assert.ok((await inspecting) instanceof Error);
      inspection.assertEnded();
    });
  }

  it('ends the sessions of all its attempts before it rejects', async () => {
    const { target, clock, inspect, assertEnded } = prepare([]);
    const ending = createDeferred<undefined>();
    target.beforeEnd = ending.promise;
    const inspecting = assert.rejects(inspect(), { code: 'download-stalled' });
    for (let tries = 0; tries < 4; tries++) {
      await nextTurn();
      clock.advance(90_000);
    }
    ending.resolve(undefined);
    await inspecting;
    assert.equal(target.commands.length, 4);
    assertEnded();
  });
});

describe('what a target reports of a source', () => {
  for (const facts of [
    ...['f x 644 0', 'f -5 644 0', 'f 1e300 644 0', 'f 99999999999999999999 644 0', 'f 5 644'],
    ...['f 5 999 0', 'f 5 644 x', 'f 5 644 9999999999999', 'd 755', 'd 755 NaN', 'x', ''],
  ]) {
    it(`is damaged when it is "${facts}"`, async () => {
      const { inspect, assertEnded } = prepare([facts, '', '', SHA256]);
      await assert.rejects(inspect(), { code: 'download-damaged' });
      assertEnded();
    });
  }

  it('is damaged when a small file is longer than its size, or its SHA-256 is missing', async () => {
    const longer = prepare(['f 3 644 0', CONTENT, '', SHA256]);
    await assert.rejects(longer.inspect(), { code: 'download-damaged' });
    const without = prepare([FACTS, CONTENT, '', 'sha256sum: cannot fork']);
    const file = await without.inspectFile();
    await assert.rejects(file.sha256, { code: 'download-damaged' });
    await file.stop();
  });

  it('may be a time before 1970', async () => {
    const { inspect } = prepare(['d 755 -86400']);
    const source = await inspect();
    assert.deepEqual(source, { kind: 'directory', mode: 0o755, modifiedAt: -86_400 });
  });
});
