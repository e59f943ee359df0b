import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { getSystemErrorMap } from 'node:util';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { FAILURE_STATUS } from '../support/caller-presentation.ts';
import { STARTING } from '../support/session-options.ts';
import { joinSession } from '../support/joined-session.ts';
import { settle } from '../connection/scripted-sockets.ts';

/** An error of the system, as Node.js throws it. */
function systemError(code: string): Error {
  const [errno, [, message] = ['', '']] =
    [...getSystemErrorMap()].find(([, [name]]) => name === code) ?? [];
  return Object.assign(new Error(`${code}: ${message}, write`), { code, errno });
}

/** A stdout that takes the start line and then fails each write with this error. */
function fullAfterStart(code: string, isTTY = false): Writable {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      done(chunk.toString() === STARTING || chunk.length === 0 ? undefined : systemError(code));
    },
  });
  return Object.assign(stream, { isTTY });
}

async function joinWith(outputTo: Writable) {
  const joined = await joinSession({ outputTo, listens: true });
  return { ...joined, say: (text: string) => joined.agent.send(PayloadType.Output, text) };
}

describe('output that cannot be written', () => {
  for (const [code, text] of [
    ['ENOSPC', 'no space left on device'],
    ['EFBIG', 'file too large'],
    ['EIO', 'i/o error'],
  ] as const) {
    it(`ends the session with a failure, and reports why: ${code}`, async () => {
      const { say, stderr, exitCode, terminated, events, agent } = await joinWith(
        fullAfterStart(code),
      );
      say('lost');
      await settle();
      agent.received();
      assert.equal(await exitCode, FAILURE_STATUS);
      const problem = `Cannot write to stdout: ${text} (${code}).`;
      assert.ok(stderr().startsWith(`session-manager-plugin: ${problem} `), stderr());
      assert.equal(terminated(), 1);
      const last = events.at(-1);
      assert.ok(last?.kind === 'session-ended');
      assert.equal(last.failure?.problem, problem);
    });
  }

  it('is a failure also when the remote side ended first', async () => {
    let fail: ((error: Error) => void) | undefined;
    const slow = new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (chunk.toString() === STARTING) done();
        else fail = done;
      },
    });
    const { say, agent, stderr, exitCode } = await joinWith(slow);
    say('lost');
    agent.send(PayloadType.ExitCode, 'EXIT_CODE: 0');
    agent.closeChannel('');
    await settle();
    fail?.(systemError('EDQUOT'));
    assert.equal(await exitCode, FAILURE_STATUS);
    assert.match(
      stderr(),
      /^session-manager-plugin: Cannot write to stdout: .*\(EDQUOT\)\. Free some space/,
    );
  });
});

describe('a reader that has exited', () => {
  for (const [what, output] of [
    ['of a pipe', () => fullAfterStart('EPIPE')],
    ['of a socket', () => fullAfterStart('ECONNRESET')],
    ['a terminal that was closed', () => fullAfterStart('EIO', true)],
  ] as const) {
    it(`ends the session as an ordinary end: ${what}`, async () => {
      const { say, agent, stderr, exitCode } = await joinWith(output());
      say('unread');
      await settle();
      agent.received();
      assert.equal(await exitCode, 0);
      assert.equal(stderr(), '');
    });
  }

  it('leaves the remote exit status in force when it is known', async () => {
    const { say, agent, exitCode } = await joinWith(fullAfterStart('EPIPE'));
    say('unread');
    await settle();
    agent.send(PayloadType.ExitCode, 'EXIT_CODE: 3');
    agent.received();
    assert.equal(await exitCode, 3);
  });
});
