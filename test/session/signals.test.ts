import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { handshake, sessionType } from './support/handshake-payloads.ts';
import { joinSession, type JoinedSession } from './support/joined-session.ts';
import { settle } from './connection/scripted-sockets.ts';
import { SESSION_OPTIONS, STARTING } from './support/session-options.ts';

const { sessionId } = SESSION_OPTIONS.session;

/** A stdout that takes the start line and no more, as a reader that is stuck. */
function stuckAfterStart(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (chunk.toString() === STARTING) done();
    },
  });
}

/** A port session without properties is that of ssh. */
async function startSsh({ agent }: JoinedSession): Promise<void> {
  agent.send(PayloadType.HandshakeRequest, handshake(sessionType('Port')));
  await settle();
  agent.send(PayloadType.HandshakeComplete, {});
}

describe('a signal while a session is ending', () => {
  it('gives the exit status when the remote side has ended and its output is not read', async () => {
    const { agent, signal, exitCode } = await joinSession({ outputTo: stuckAfterStart() });
    agent.send(PayloadType.Output, 'unread');
    agent.send(PayloadType.ExitCode, 'EXIT_CODE: 0');
    agent.closeChannel();
    await settle();
    signal('SIGTERM');
    assert.equal(await exitCode, 143);
  });

  it('does not change the status of a session that a signal has ended', async () => {
    const { agent, signal, exitCode } = await joinSession();
    agent.send(PayloadType.Output, '$ ');
    signal('SIGTERM');
    await settle();
    signal('SIGINT');
    agent.received();
    assert.equal(await exitCode, 143);
  });

  it('is nothing when it is that of Ctrl-Z', async () => {
    const { agent, signal, exitCode, stdin } = await joinSession({ interactive: true });
    agent.send(PayloadType.Output, '$ ');
    stdin.write('~.');
    await settle();
    signal('SIGTSTP');
    agent.received();
    assert.equal(await exitCode, 0);
  });
});

describe('why a session ends', () => {
  for (const [signal, reason] of [
    ['SIGTERM', 'SIGTERM received'],
    ['SIGHUP', 'SIGHUP received'],
    ['parent-exited', 'the calling program has ended'],
  ] as const) {
    it(`is reported on stderr: ${signal}`, async () => {
      const joined = await joinSession();
      joined.agent.send(PayloadType.Output, '$ ');
      joined.signal(signal);
      joined.agent.received();
      await joined.exitCode;
      assert.equal(joined.stderr(), `Session ${sessionId} ends: ${reason}.\n`);
    });
  }

  it('is reported for a signal before the session has begun', async () => {
    const { agent, signal, stderr, exitCode } = await joinSession();
    signal('SIGTERM');
    agent.received();
    assert.equal(await exitCode, 143);
    assert.equal(stderr(), `Session ${sessionId} ends: SIGTERM received.\n`);
  });

  it('is known to the person who has pressed Ctrl-C', async () => {
    const joined = await joinSession({ interactive: true });
    joined.signal('SIGINT');
    joined.agent.received();
    assert.equal(await joined.exitCode, 130);
    assert.equal(joined.stderr(), '');
  });
});

describe('SIGHUP where it does not end the program', () => {
  it('ends no shell, before and after it has begun', async () => {
    const { agent, signal, exitCode, stderr } = await joinSession({ hangUpEnds: false });
    signal('SIGHUP');
    agent.send(PayloadType.Output, '$ ');
    signal('SIGHUP');
    agent.closeChannel();
    assert.equal(await exitCode, 0);
    assert.equal(stderr(), '');
  });

  it('ends the byte stream of ssh', async () => {
    const joined = await joinSession({ hangUpEnds: false });
    await startSsh(joined);
    joined.signal('SIGHUP');
    joined.agent.received();
    assert.equal(await joined.exitCode, 0);
    assert.equal(joined.terminated(), 0);
  });

  it('ends the byte stream of ssh as soon as that is known', async () => {
    const joined = await joinSession({ hangUpEnds: false });
    joined.signal('SIGHUP');
    await startSsh(joined);
    joined.agent.received();
    assert.equal(await joined.exitCode, 0);
  });
});
