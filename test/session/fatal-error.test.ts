import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeFlag, Flag } from '../../src/protocol/flag.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { handshake, sessionType } from './support/handshake-payloads.ts';
import { joinSession } from './support/joined-session.ts';
import { settle } from './connection/scripted-sockets.ts';

const FATAL_ERROR = new Error('a mistake');

describe('a session after a fatal error of the program', () => {
  it('gives the terminal back, and ends on the service', async () => {
    const { agent, fatalError, terminalModes, terminated } = await joinSession({
      interactive: true,
    });
    agent.send(PayloadType.Output, '$ ');
    const ended = fatalError(FATAL_ERROR);
    assert.deepEqual(terminalModes, ['raw', 'restored']);
    await settle();
    const flags = agent.received().filter(({ payloadType }) => payloadType === PayloadType.Flag);
    assert.deepEqual(
      flags.map(({ payload }) => decodeFlag(payload)),
      [Flag.TerminateSession],
    );
    await ended;
    assert.equal(terminated(), 1);
  });

  it('asks the service, too, where the agent would do', async () => {
    const { agent, fatalError, terminated } = await joinSession();
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('Port')));
    await settle();
    agent.send(PayloadType.HandshakeComplete, {});
    const ended = fatalError(FATAL_ERROR);
    await settle();
    agent.received();
    await ended;
    assert.equal(terminated(), 1);
  });

  it('decides and prints nothing more, however it ends', async () => {
    const { agent, fatalError, stdout, stderr, exitCode, events } = await joinSession({
      listens: true,
    });
    agent.send(PayloadType.Output, '$ ');
    await settle();
    const said = stdout();
    const ended = fatalError(FATAL_ERROR);
    agent.closeChannel('Session was terminated.');
    await ended;
    const end = await Promise.race([exitCode, settle()]);
    assert.equal(end, undefined);
    assert.equal(stdout(), said);
    assert.equal(stderr(), '');
    assert.deepEqual(events, []);
  });
});
