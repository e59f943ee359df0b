import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { Flag } from '../../src/protocol/flag.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { handshake, sessionType } from './support/handshake-payloads.ts';
import { runSession } from '../../src/session/session.ts';
import { joinSession } from './support/joined-session.ts';
import { joinAgent } from './support/memory-agent.ts';
import { createScriptedHost } from './support/scripted-host.ts';
import { settle } from './connection/scripted-sockets.ts';
import { EXITING, SESSION_OPTIONS, STARTING } from './support/session-options.ts';
import { sessionFailures } from '../../src/failures/session.ts';
import { FAILURE_STATUS } from './support/caller-presentation.ts';

describe('a session, at its end', () => {
  it('prints why the service closed the channel', async () => {
    const { agent, stdout, exitCode } = await joinSession();
    agent.send(PayloadType.Output, '$ ');
    agent.closeChannel('Session was idle.');
    assert.equal(await exitCode, 0);
    assert.ok(
      stdout().endsWith(
        `\n\nSessionId: ${SESSION_OPTIONS.session.sessionId} : Session was idle.\n\n`,
      ),
    );
  });

  it('shows why the service closed the channel without what would control the terminal', async () => {
    const { agent, stdout, exitCode } = await joinSession();
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('Standard_Stream')));
    await settle();
    agent.send(PayloadType.HandshakeComplete, {
      CustomerMessage: 'Hello\x1b[2J\u009b1m\u202e\n\tyou',
    });
    agent.send(PayloadType.Output, '\x1b[1m$ ');
    agent.closeChannel('first\x1b]0;x\x07\nsecond\r');
    await exitCode;
    const { sessionId } = SESSION_OPTIONS.session;
    assert.equal(
      stdout(),
      `${STARTING}Hello[2J1m\n\tyou\n\x1b[1m$ \n\nSessionId: ${sessionId} : first]0;x\nsecond\n\n`,
    );
  });

  it('counts a channel closed with a reason before it began as a failure', async () => {
    const { agent, exitCode } = await joinSession();
    agent.closeChannel('Handshake timed out.');
    assert.equal(await exitCode, 1);
  });

  it('passes the exit code of the remote command on, text and status', async () => {
    const { agent, stdout, stderr, exitCode } = await joinSession();
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('NonInteractiveCommands')));
    await settle();
    agent.send(PayloadType.HandshakeComplete, {});
    agent.send(PayloadType.Output, 'out');
    agent.send(PayloadType.StdErr, 'err');
    agent.send(PayloadType.ExitCode, 'EXIT_CODE: 42');
    agent.closeChannel();
    assert.equal(await exitCode, 42);
    assert.equal(stdout(), `${STARTING}outEXIT_CODE: 42${EXITING}`);
    assert.equal(stderr(), 'err');
  });

  it('restores the terminal before its exit message', async () => {
    const { agent, terminalModes, exitCode } = await joinSession({ interactive: true });
    agent.send(PayloadType.Output, '$ ');
    assert.deepEqual(terminalModes, ['raw']);
    agent.closeChannel();
    await exitCode;
    assert.deepEqual(terminalModes, ['raw', 'restored']);
  });

  for (const [name, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['parent-exited', 129],
  ] as const) {
    it(`ends the session on the service, too, at ${name}`, async () => {
      const { agent, signal, terminated, exitCode } = await joinSession();
      agent.send(PayloadType.Output, '$ ');
      signal(name);
      await settle();
      const flags = agent
        .received()
        .filter((message) => message.payloadType === PayloadType.Flag)
        .map((message) => message.payload.readUInt32BE());
      assert.deepEqual(flags, [Flag.TerminateSession]);
      assert.equal(await exitCode, status);
      assert.equal(terminated(), 1);
    });
  }

  it('leaves within a limit when there is no answer', async () => {
    const { agent, clock, signal, exitCode } = await joinSession({
      service: { terminateSession: () => new Promise(() => undefined) },
    });
    agent.send(PayloadType.Output, '$ ');
    signal('SIGTERM');
    await settle();
    clock.advance(999);
    await settle();
    assert.equal(await exitCode, 143);
  });

  it('can be left before it has begun', async () => {
    const { agent, signal, exitCode, terminated } = await joinSession();
    signal('SIGINT');
    agent.received();
    assert.equal(await exitCode, 130);
    assert.equal(terminated(), 1);
  });

  it('leaves at ~. typed at the start of a line', async () => {
    const { agent, stdin, stdout, exitCode } = await joinSession({ interactive: true });
    agent.send(PayloadType.Output, '$ ');
    stdin.write('~');
    await settle();
    stdin.write('.');
    await settle();
    assert.equal(agent.typed(), '');
    agent.received();
    assert.equal(await exitCode, 0);
    assert.ok(stdout().endsWith(EXITING));
  });

  for (const end of ['by a signal', 'by the service'] as const) {
    it(`has no timer and no listener of stdin left: ended ${end}`, async () => {
      const { agent, signal, stdin, clock, exitCode } = await joinSession({ interactive: true });
      agent.send(PayloadType.Output, '$ ');
      assert.ok(stdin.listenerCount('close') > 0);
      const before = new PassThrough();
      if (end === 'by a signal') signal('SIGTERM');
      else agent.closeChannel();
      agent.received();
      await exitCode;
      await settle();
      assert.equal(clock.pending, 0);
      for (const event of ['data', 'end', 'close']) {
        assert.equal(stdin.listenerCount(event), before.listenerCount(event), event);
      }
    });
  }

  it('takes no modes of a terminal from output that comes after the terminal is restored', async () => {
    const scripted = createScriptedHost({ interactive: true });
    const terminal = { ...scripted.host.terminal, shows: () => true };
    const exitCode = runSession(SESSION_OPTIONS, { ...scripted.host, terminal });
    await settle();
    const agent = joinAgent(scripted.sockets.last());
    agent.send(PayloadType.Output, '$ ');
    scripted.signal('SIGTERM');
    agent.send(PayloadType.Output, '\x1b[?1049h');
    agent.received();
    await exitCode;
    assert.equal(terminal.modes.undo(), '');
  });

  it('fails, and is ended on the service, when its agent is away for longer than it may be', async () => {
    const failure = sessionFailures['agent-silent']();
    const limit = { ms: 1_000, failure };
    const session = await joinSession({ agentAbsenceLimit: limit, listens: true });
    const { agent, clock, exitCode, events, terminated } = session;
    agent.send(PayloadType.Output, '$ ');
    agent.pausePublication();
    clock.advance(limit.ms - 1);
    assert.equal(terminated(), 0);
    clock.advance(1);
    let status: number | undefined;
    void exitCode.then((exited) => (status = exited));
    // The end has no confirmation here: each step of it takes its time.
    while (status === undefined) {
      await settle();
      clock.advance(limit.ms);
    }
    assert.equal(status, FAILURE_STATUS);
    assert.equal(terminated(), 1);
    assert.ok(events.some((event) => event.kind === 'session-ended' && event.failure === failure));
  });

  it('continues when any message of its agent arrives before', async () => {
    const limit = { ms: 1_000, failure: sessionFailures['agent-silent']() };
    const { agent, clock, exitCode } = await joinSession({ agentAbsenceLimit: limit });
    agent.send(PayloadType.Output, '$ ');
    agent.pausePublication();
    clock.advance(limit.ms - 1);
    agent.send(PayloadType.Output, 'back');
    clock.advance(limit.ms);
    agent.closeChannel();
    assert.equal(await exitCode, 0);
  });
});
