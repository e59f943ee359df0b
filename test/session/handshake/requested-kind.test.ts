import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import type { RequestedKind } from '../../../src/session/handshake/requested-kind.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { handshake } from '../support/handshake-payloads.ts';
import { joinSession, type JoinedSession } from '../support/joined-session.ts';
import { settle } from '../connection/scripted-sockets.ts';
import { STARTING } from '../support/session-options.ts';

const SHELL: RequestedKind = { kind: 'shell' };
const STDIO: RequestedKind = { kind: 'stdio' };
const port = (number: number): RequestedKind => ({
  kind: 'forwarding',
  local: { kind: 'tcp', port: number },
});
const socket = (path: string): RequestedKind => ({
  kind: 'forwarding',
  local: { kind: 'unix', path },
});
const ANY_LISTENER: RequestedKind = { kind: 'forwarding', local: undefined };
const UNKNOWN: RequestedKind = { kind: 'unknown' };

/** The handshake action of a port session, with the agent's properties. */
const portAction = (properties: Record<string, string>): object => ({
  ActionType: 'SessionType',
  ActionParameters: { SessionType: 'Port', Properties: { portNumber: '80', ...properties } },
});
const forwarding = (properties: Record<string, string>): object =>
  portAction({ type: 'LocalPortForwarding', ...properties });
const unix = (path: string): object =>
  forwarding({ localConnectionType: 'unix', localUnixSocket: path });
/** As the agent writes it in a session that is no port: without properties. */
const shellAction = (type: string): object => ({
  ActionType: 'SessionType',
  ActionParameters: { SessionType: type, Properties: null },
});
const SSH = portAction({});

/** An agent that goes through its handshake and then takes the session for running. */
async function shakeHands({ agent }: JoinedSession, ...actions: readonly object[]): Promise<void> {
  agent.send(PayloadType.HandshakeRequest, handshake(...actions));
  await settle();
  agent.sendTogether(
    [PayloadType.HandshakeComplete, { HandshakeTimeToComplete: 1, CustomerMessage: 'Welcome.' }],
    [PayloadType.Output, 'bait'],
  );
  await settle();
}

/** Nothing of the session was started: no listener, no socket, no byte of stdin, no raw mode. */
async function assertRefused(session: JoinedSession, reason: string): Promise<void> {
  // It acknowledges the end.
  session.agent.received();
  assert.equal(await session.exitCode, 1);
  assert.equal(
    session.stdout(),
    `${STARTING}Cannot perform start session: ${reason} ` +
      'The session was ended before anything was opened or sent. ' +
      'Check the target: its agent or the document of the session may have been changed.\n',
  );
  assert.equal(session.servers(), 0);
  assert.equal(session.agent.typed(), '');
  assert.equal(session.stdin.readableFlowing, null, 'stdin was read');
  assert.ok(!session.terminalModes.includes('raw'));
  assert.equal(session.terminated(), 1);
}

describe('an agent that offers what was not asked for', () => {
  for (const [requested, actions, reason] of [
    [
      SHELL,
      [forwarding({ localPortNumber: '8080' })],
      'The agent offers a listener on local port 8080, but a shell was requested.',
    ],
    [
      SHELL,
      [forwarding({ localPortNumber: '0' })],
      'The agent offers a listener on any free local port, but a shell was requested.',
    ],
    [
      SHELL,
      [forwarding({ localPortNumber: 'no port' })],
      'The agent offers a local listener, but a shell was requested.',
    ],
    [SHELL, [SSH], 'The agent offers a connection of stdin and stdout, but a shell was requested.'],
    [
      SHELL,
      [shellAction('Standard_Stream'), SSH],
      'The agent offers a connection of stdin and stdout, but a shell was requested.',
    ],
    [
      STDIO,
      [shellAction('Standard_Stream')],
      'The agent offers a shell, but a connection of stdin and stdout was requested.',
    ],
    [STDIO, [], 'The agent offers a shell, but a connection of stdin and stdout was requested.'],
    [
      STDIO,
      [forwarding({ localPortNumber: '22' })],
      'The agent offers a listener on local port 22, but a connection of stdin and stdout was requested.',
    ],
    [
      port(8080),
      [forwarding({ localPortNumber: '8081' })],
      'The agent offers a listener on local port 8081, but a listener on local port 8080 was requested.',
    ],
    [
      port(8080),
      [forwarding({})],
      'The agent offers a listener on any free local port, but a listener on local port 8080 was requested.',
    ],
    [
      port(0),
      [forwarding({ localPortNumber: '8080' })],
      'The agent offers a listener on local port 8080, but a listener on any free local port was requested.',
    ],
    [
      port(8080),
      [SSH],
      'The agent offers a connection of stdin and stdout, but a listener on local port 8080 was requested.',
    ],
    [
      port(8080),
      [shellAction('NonInteractiveCommands')],
      'The agent offers a shell, but a listener on local port 8080 was requested.',
    ],
    [
      socket('/run/mine.sock'),
      [forwarding({ localPortNumber: '0' })],
      'The agent offers a listener on any free local port, but a listener on the socket /run/mine.sock was requested.',
    ],
    [
      ANY_LISTENER,
      [SSH],
      'The agent offers a connection of stdin and stdout, but a local listener was requested.',
    ],
  ] as const) {
    it(`is refused: ${reason}`, async () => {
      const session = await joinSession({ requested, interactive: true });
      session.stdin.write('secret\n');
      await shakeHands(session, ...actions);
      await assertRefused(session, reason);
    });
  }

  it('makes no socket, neither in place of a port nor of another socket', async (t) => {
    const path = join(temporaryDirectory(t), 'theirs.sock');
    for (const [requested, asked] of [
      [port(8080), 'a listener on local port 8080'],
      [socket('/run/mine.sock'), 'a listener on the socket /run/mine.sock'],
    ] as const) {
      const session = await joinSession({ requested });
      await shakeHands(session, unix(path));
      await assertRefused(
        session,
        `The agent offers a listener on the socket ${path}, but ${asked} was requested.`,
      );
      assert.ok(!existsSync(path));
    }
  });

  it('cannot fill the terminal with a path', async () => {
    const session = await joinSession({ requested: port(8080) });
    await shakeHands(session, unix(`/${'x'.repeat(100_000)}`));
    await assertRefused(
      session,
      `The agent offers a listener on the socket /${'x'.repeat(107)}…, but a listener on local port 8080 was requested.`,
    );
  });

  for (const [what, requested, asked] of [
    ['a port', port(8080), 'a listener on local port 8080'],
    ['stdin and stdout', STDIO, 'a connection of stdin and stdout'],
  ] as const) {
    const reason = `The agent offers a shell, but ${asked} was requested.`;

    it(`is refused when its output comes without a handshake, in place of ${what}`, async () => {
      const session = await joinSession({ requested, interactive: true });
      session.stdin.write('secret\n');
      session.agent.send(PayloadType.Output, '$ ');
      await settle();
      await assertRefused(session, reason);
    });

    it(`is refused when it sends nothing at all, in place of ${what}`, async () => {
      const session = await joinSession({ requested, interactive: true });
      session.stdin.write('secret\n');
      session.agent.startPublication();
      session.agent.received();
      await settle();
      session.clock.advance(1_000);
      session.agent.received();
      await settle();
      await assertRefused(session, reason);
    });
  }
});

describe('an agent that offers what was asked for', () => {
  for (const [what, requested, action] of [
    ['a shell', SHELL, shellAction('Standard_Stream')],
    ['a command in a terminal', SHELL, shellAction('InteractiveCommands')],
    ['a command without one', SHELL, shellAction('NonInteractiveCommands')],
    ['a connection of stdin and stdout', STDIO, SSH],
    ['one of another type', STDIO, portAction({ type: 'Ssh' })],
    ['a shell where the kind is unknown', UNKNOWN, shellAction('Standard_Stream')],
    ['a connection where the kind is unknown', UNKNOWN, SSH],
  ] as const) {
    it(`has its session: ${what}`, async () => {
      const session = await joinSession({ requested });
      await shakeHands(session, action);
      assert.match(session.stdout(), /bait$/);
      session.agent.closeChannel();
      assert.equal(await session.exitCode, 0);
    });
  }

  for (const [what, requested, properties] of [
    ['a free port', port(0), {}],
    ['a free port by its number', port(0), { localPortNumber: '0' }],
    ['a port that the request does not name', ANY_LISTENER, { localPortNumber: '0' }],
    ['a port where the kind is unknown', UNKNOWN, { localPortNumber: '0' }],
  ] as const) {
    it(`has its listener: ${what}`, async () => {
      const session = await joinSession({ requested });
      await shakeHands(session, forwarding(properties));
      assert.ok(session.servers() > 0);
      session.signal('SIGTERM');
      session.agent.received();
      assert.equal(await session.exitCode, 0);
    });
  }

  it('has its listener on the socket that was asked for', async (t) => {
    const path = join(temporaryDirectory(t), 'mine.sock');
    const session = await joinSession({ requested: socket(path) });
    await shakeHands(session, unix(path));
    assert.ok(session.servers() > 0);
    session.signal('SIGTERM');
    session.agent.received();
    assert.equal(await session.exitCode, 0);
  });
});
