import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { LocalSession } from '../../local-aws/local-aws.ts';
import type { SessionPlan } from '../../local-aws/session/session-request.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { eventsIn, takenPort } from '../commands/support/forwarding.ts';
import { outcomeOf, startCommand, startCommandTarget } from '../commands/support/run-command.ts';
import { findAwsCli } from '../support/aws-cli.ts';
import { startCommandPiped, startPiped } from '../support/piped-program.ts';
import { openPipedSession, startSession, startTarget, TARGET } from '../support/target.ts';

/** The kind of session that a compromised agent claims. */
type Offer = (t: TestContext) => Promise<{ readonly plan: SessionPlan; readonly text: string }>;

const port = (properties: Record<string, string>): SessionPlan => ({
  kind: 'port',
  sessionType: 'Port',
  properties: { portNumber: '9', ...properties },
});
const shell: Offer = () =>
  Promise.resolve({
    plan: { kind: 'shell', sessionType: 'Standard_Stream', command: undefined },
    text: 'a shell',
  });
const stdio: Offer = () =>
  Promise.resolve({ plan: port({}), text: 'a connection of stdin and stdout' });
/** A port that is taken: trying to listen there would be another failure. */
const listener: Offer = async (t) => {
  const localPortNumber = String(await takenPort(t));
  return {
    plan: port({ type: 'LocalPortForwarding', localPortNumber }),
    text: `a listener on local port ${localPortNumber}`,
  };
};
/** A directory that is not there: making a socket in it would be another failure. */
const socket: Offer = (t) => {
  const path = join(temporaryDirectory(t), 'missing', 'theirs.sock');
  return Promise.resolve({
    plan: port({
      type: 'LocalPortForwarding',
      localConnectionType: 'unix',
      localUnixSocket: path,
    }),
    text: `a listener on the socket ${path}`,
  });
};

const refusal = (offered: string, asked: string): string =>
  `The agent offers ${offered}, but ${asked} was requested. ` +
  'The session was ended before anything was opened or sent. ' +
  'Check the target: its agent or the document of the session may have been changed.\n';

/** The agent has received nothing of stdin, and its session has ended. */
async function assertEndedUntouched(session: LocalSession | undefined): Promise<void> {
  assert.ok(session);
  const { by } = await session.closed;
  assert.ok(by === 'flag' || by === 'api', `the session ended by ${by}`);
  assert.equal(session.record.inputBytes, 0);
}

const ASKED_PORT = '45454';

describe('a command whose agent offers another kind of session', () => {
  for (const [command, offer, asked] of [
    [['shell', TARGET], listener, 'a shell'],
    [['shell', TARGET], socket, 'a shell'],
    [['shell', TARGET], stdio, 'a shell'],
    [['exec', TARGET, '--', 'id'], listener, 'a shell'],
    [['exec', TARGET, '--', 'id'], stdio, 'a shell'],
    [['ssh-proxy', TARGET], listener, 'a connection of stdin and stdout'],
    [['ssh-proxy', TARGET], shell, 'a connection of stdin and stdout'],
    [['forward', TARGET, `${ASKED_PORT}:80`], listener, `a listener on local port ${ASKED_PORT}`],
    [['forward', TARGET, '0:80'], listener, 'a listener on any free local port'],
    [['forward', TARGET, '0:db:80'], socket, 'a listener on any free local port'],
    [['forward', TARGET, '0:80'], stdio, 'a listener on any free local port'],
    [['forward', TARGET, '0:80'], shell, 'a listener on any free local port'],
    [['start-session', '--target', TARGET], listener, 'a shell'],
    [
      [
        ...['start-session', '--target', TARGET],
        ...['--document-name', 'AWS-StartPortForwardingSession'],
        ...['--parameters', `portNumber=80,localPortNumber=${ASKED_PORT}`],
      ],
      listener,
      `a listener on local port ${ASKED_PORT}`,
    ],
    [
      ['start-session', '--target', TARGET, '--document-name', 'AWS-StartSSHSession'],
      shell,
      'a connection of stdin and stdout',
    ],
  ] as const) {
    it(`fails: ${command.join(' ')}, offered ${offer.name}`, async (t) => {
      const { plan, text } = await offer(t);
      const target = await startCommandTarget(t, { sessions: { agent: { offers: plan } } });
      const program = startCommand(t, target, command);
      program.stdin.write('secret\n');
      const outcome = await outcomeOf(program);
      assert.ok(outcome.stderr.includes(refusal(text, asked)), outcome.stderr);
      assert.equal(outcome.stdout, '');
      assert.equal(outcome.status, 255);
      await assertEndedUntouched(target.aws.sessions[0]);
    });
  }

  it('is an event, too, of forward --json', async (t) => {
    const { plan, text } = await shell(t);
    const target = await startCommandTarget(t, { sessions: { agent: { offers: plan } } });
    const outcome = await outcomeOf(startCommand(t, target, ['forward', TARGET, '--json', '0:80']));
    assert.equal(outcome.status, 255);
    const [failed] = eventsIn(outcome.stdout);
    assert.equal(failed?.event, 'failed');
    assert.ok(JSON.stringify(failed).includes(`The agent offers ${text}, but `));
  });
});

describe('a document of the account', () => {
  const DOCUMENT = 'Company-Ports';
  const documents = {
    [DOCUMENT]: {
      schemaVersion: '1.0',
      sessionType: 'Port',
      parameters: { port: { type: 'String' }, local: { type: 'String', default: '0' } },
      properties: {
        type: 'LocalPortForwarding',
        portNumber: '{{ port }}',
        localPortNumber: '{{ local }}',
      },
    },
  };
  const command = (parameters: string): readonly string[] => [
    ...['start-session', '--target', TARGET, '--document-name', DOCUMENT],
    ...['--parameters', parameters],
  ];

  it('is known from what start-session asks for', async (t) => {
    const { plan, text } = await listener(t);
    const target = await startCommandTarget(t, {
      documents,
      sessions: { agent: { offers: plan } },
    });
    const program = startCommand(t, target, command(`port=9,local=${ASKED_PORT}`));
    const outcome = await outcomeOf(program);
    const asked = `a listener on local port ${ASKED_PORT}`;
    assert.ok(outcome.stderr.includes(refusal(text, asked)), outcome.stderr);
    assert.equal(outcome.status, 255);
    await assertEndedUntouched(target.aws.sessions[0]);
  });

  it('has its session from an agent that offers it', async (t) => {
    const target = await startCommandTarget(t, { documents });
    const program = startCommand(t, target, command('port=9'));
    await program.stderr.until('the port', (text) => text.includes('Waiting for connections…'));
  });

  it('may be any for a user who must not read it', async (t) => {
    const target = await startCommandTarget(t, { documents });
    target.aws.refuse('GetDocument', {
      status: 400,
      type: 'AccessDeniedException',
      message: 'not authorized to perform: ssm:GetDocument',
    });
    const program = startCommand(t, target, command('port=9'));
    await program.stderr.until('the port', (text) => text.includes('Waiting for connections…'));
  });
});

describe('the plugin whose agent offers another kind of session', () => {
  for (const [document, parameters, offer, asked] of [
    ['AWS-StartInteractiveCommand', { command: ['cat'] }, listener, 'a shell'],
    ['AWS-StartNonInteractiveCommand', { command: ['cat'] }, stdio, 'a shell'],
    ['AWS-StartSSHSession', { portNumber: ['22'] }, shell, 'a connection of stdin and stdout'],
    ['AWS-StartSSHSession', { portNumber: ['22'] }, socket, 'a connection of stdin and stdout'],
    [
      'AWS-StartPortForwardingSession',
      { portNumber: ['80'], localPortNumber: [ASKED_PORT] },
      listener,
      `a listener on local port ${ASKED_PORT}`,
    ],
    [
      'AWS-StartPortForwardingSessionToRemoteHost',
      { host: ['db'], portNumber: ['80'] },
      stdio,
      'a listener on any free local port',
    ],
    [
      'AWS-StartPortForwardingSessionToSocket',
      { portNumber: ['80'], localUnixSocket: ['/run/mine.sock'] },
      socket,
      'a listener on the socket /run/mine.sock',
    ],
  ] as const) {
    it(`fails: ${document}, offered ${offer.name}`, async (t) => {
      const { plan, text } = await offer(t);
      const { program, session } = await openPipedSession(t, {
        document,
        parameters,
        agent: { offers: plan },
      });
      program.stdin.write('secret\n');
      program.stdin.end();
      assert.deepEqual(await program.end(), { status: 1, signal: null });
      assert.equal(
        program.stdout.text,
        `\nStarting session with SessionId: ${session.sessionId}\nCannot perform start session: ${refusal(text, asked)}`,
      );
      await assertEndedUntouched(session);
    });
  }

  it('fails when the AWS CLI asked for a shell', async (t) => {
    const cli = findAwsCli(t);
    if (cli === undefined) return;
    const { plan, text } = await listener(t);
    const aws = await startTarget(t, { sessions: { agent: { offers: plan } } });
    const program = startCommandPiped(t, cli.startSession(aws, '--target', TARGET), {
      env: cli.env,
    });
    program.stdin.write('secret\n');
    assert.deepEqual(await program.end(), { status: 255, signal: null });
    assert.ok(program.stdout.text.includes(refusal(text, 'a shell')), program.stdout.text);
    await assertEndedUntouched(aws.sessions[0]);
  });

  it('fails when the response came in the variable, as that of the AWS CLI does', async (t) => {
    const { plan, text } = await stdio(t);
    const { args, response, session } = await startSession(t, { agent: { offers: plan } });
    const variable = 'AWS_SSM_START_SESSION_RESPONSE';
    const program = startPiped(t, [variable, ...args.slice(1)], {
      env: { [variable]: JSON.stringify(response) },
    });
    program.stdin.write('secret\n');
    assert.deepEqual(await program.end(), { status: 1, signal: null });
    assert.ok(program.stdout.text.includes(refusal(text, 'a shell')), program.stdout.text);
    await assertEndedUntouched(session);
  });
});

describe('a caller that passes only the target', () => {
  it('has the port that it has started a session for', async (t) => {
    const wish = { document: 'AWS-StartPortForwardingSession', parameters: { portNumber: ['9'] } };
    const { args } = await startSession(t, wish);
    const [response = '', region = '', operation = '', profile = '', , endpoint = ''] = args;
    const request = JSON.stringify({ Target: TARGET });
    const program = startPiped(t, [response, region, operation, profile, request, endpoint]);
    await program.stdout.until('the port', (text) => text.includes('Waiting for connections...'));
  });
});
