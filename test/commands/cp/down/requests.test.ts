import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, it, type TestContext } from 'node:test';
import { createDownloader } from '../../../../src/commands/cp/down/create-downloader.ts';
import { UNIT_BYTES } from '../../../../src/commands/cp/down/blocks/block-request.ts';
import { silentLogger } from '../../../../src/logging/logger.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';
import { collect } from './support/copy-from.ts';
import { createScriptedTarget, type ScriptedCommand } from './support/scripted-target.ts';

function prepare(t: TestContext, content: Buffer, maxCommands = 1, script?: string) {
  const clock = createVirtualClock();
  const target = createScriptedTarget();
  const downloader = createDownloader({
    ...{ sessions: target, clock, logger: silentLogger, directory: '/tmp', maxCommands },
    tools: { base64: 'base64', sha256: 'sha256sum', readsFullBlocks: true, hasGzip: false },
    limitRate: undefined,
    freeWritten: () => undefined,
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  });
  t.after(() => downloader.close());
  const file = { path: '/source', size: content.length };
  const copy = collect(script === undefined ? file : { script });
  /** Lets time pass, in which each command that runs shows each second that it is there. */
  const pass = async (seconds: number): Promise<void> => {
    await nextTurn();
    for (let second = 0; second < seconds; second++) {
      for (const command of target.commands) if (command.isRunning) command.print('\n');
      clock.advance(1000);
      await nextTurn();
    }
  };
  let sent = 0;
  /** Replies to what this command was asked for. @returns how many requests these were */
  const answer = async (command: ScriptedCommand | undefined, most = Infinity): Promise<number> => {
    const requests = command?.requests.splice(0, most) ?? [];
    for (const request of requests) {
      const [, skip = 0, units = 0] = request.split(' ').map(Number);
      const start = script === undefined ? skip * UNIT_BYTES : sent;
      const part = content.subarray(start, start + units * UNIT_BYTES);
      sent += part.length;
      command?.reply(part);
    }
    await nextTurn();
    return requests.length;
  };
  /** Lets commands answer until the copy has ended. */
  const answerAll = async (copying: Promise<unknown>): Promise<void> => {
    const ended = new AbortController();
    void copying.finally(() => ended.abort()).catch(() => undefined);
    for (let turns = 0; !ended.signal.aborted; turns++) {
      assert.ok(turns < 1000, 'the copy stands still');
      for (const command of target.commands) if (command.isRunning) await answer(command);
      clock.advance(100);
      await nextTurn();
    }
  };
  return { target, clock, downloader, copy, pass, answer, answerAll };
}

describe('requests of a copy', () => {
  it('go by a new session when nothing answers them for 30 s', async (t) => {
    const content = randomBytes(UNIT_BYTES * 2 + 1);
    const { target, downloader, copy, pass, answerAll } = prepare(t, content);
    const copying = downloader.download(copy.order);
    await pass(31);
    assert.equal(target.commands.length, 2);
    assert.equal(target.requestSessions.length, 2);
    await nextTurn();
    assert.equal(target.requestSessions[0]?.isRunning, false);
    await answerAll(copying);
    assert.ok(copy.bytes().equals(content));
  });

  it('go by a new session when the command has got none', async (t) => {
    const content = randomBytes(UNIT_BYTES);
    const { target, downloader, copy, pass, answerAll } = prepare(t, content);
    target.onCommand = (command, index) => {
      if (index === 0) command.end({ kind: 'exited', status: 75 });
    };
    const copying = downloader.download(copy.order);
    await pass(4);
    assert.equal(target.requestSessions.length, 2);
    await answerAll(copying);
    assert.ok(copy.bytes().equals(content));
  });

  it('of a pipe wait for a slow script, but not for a session that does not pass them on', async (t) => {
    const { target, downloader, copy, pass, answerAll } = prepare(
      t,
      Buffer.from('content'),
      1,
      'x',
    );
    target.onLast = (command) => {
      command.reply(`0 ${'ab'.repeat(32)}  -\n`);
      command.end({ kind: 'exited', status: 0 });
    };
    const copying = downloader.download(copy.order);
    await pass(300);
    assert.equal(target.commands.length, 1);
    target.answersProbes = false;
    await pass(45);
    assert.equal(target.commands.length, 2);
    assert.equal(target.requestSessions.length, 2);
    await answerAll(copying);
    assert.equal(copy.bytes().toString(), 'content');
  });

  it('for the end of a pipe are sent again when it does not come', async (t) => {
    const { target, downloader, copy, answerAll } = prepare(t, Buffer.from('content'), 1, 'cat x');
    const lost = new Error('the session has ended');
    target.onLast = (command, index) => {
      if (index > 0) command.reply(`0 ${'ab'.repeat(32)}  -\n`);
      command.end(index === 0 ? { kind: 'lost', error: lost } : { kind: 'exited', status: 0 });
    };
    const copying = downloader.download(copy.order);
    await answerAll(copying);
    assert.deepEqual(await copying, { bytes: 7, sha256: 'ab'.repeat(32) });
    assert.equal(copy.bytes().toString(), 'content');
    assert.equal(target.commands.length, 2);
  });

  it('are sent again when the command is lost that was asked why a block is short', async (t) => {
    const content = randomBytes(UNIT_BYTES * 16);
    const { target, downloader, copy, pass, answer, answerAll } = prepare(t, content, 2);
    const copying = downloader.download(copy.order);
    await pass(1);
    // A cut, after which two commands get requests.
    target.commands[0]?.cut();
    await pass(4);
    const [, first, second] = target.commands;
    assert.ok(first && second);
    assert.equal(await answer(first, 1), 1);
    await pass(1);
    first.requests.shift();
    first.reply('short');
    await nextTurn();
    assert.match(first.requests.join('\n'), /^e /m);
    assert.ok((await answer(second)) > 0);
    first.end({ kind: 'lost', error: new Error('the session has ended') });
    await pass(1);
    await answerAll(copying);
    assert.ok(copy.bytes().equals(content));
  });
});
