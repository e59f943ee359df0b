import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { suite, test } from 'node:test';
import { silentLogger } from '../../src/logging/logger.ts';
import { Flag } from '../../src/protocol/flag.ts';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import type { MessageRoutes } from '../../src/session/message-routes.ts';
import type { SessionEvent } from '../../src/session/session-event.ts';
import type { SessionHost, SessionOptions } from '../../src/session/session-host.ts';
import type { ResumeAnswer, SessionService } from '../../src/session/session-service.ts';
import type { SessionSignal } from '../../src/session/session-type.ts';
import { runSession } from '../../src/session/session.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import { callerRoutes } from './caller-routes.ts';
import { joinAgent, type MemoryAgent } from './memory-agent.ts';
import { createScriptedSockets, settle, type ScriptedSockets } from './scripted-sockets.ts';

const SESSION_ID = 'user-0123456789abcdef0';
const STARTING = `\nStarting session with SessionId: ${SESSION_ID}\n`;
const EXITING = `\n\nExiting session with sessionId: ${SESSION_ID}.\n\n`;

interface Setup {
  readonly clock: VirtualClock;
  readonly sockets: ScriptedSockets;
  readonly agent: MemoryAgent;
  readonly stdin: PassThrough;
  readonly exitCode: Promise<number>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly signal: (signal: SessionSignal) => void;
  readonly terminalModes: string[];
  readonly terminated: () => number;
  /** What a listener was told; nobody listens unless the options say so. */
  readonly events: readonly SessionEvent[];
}

interface SetupOptions {
  readonly interactive?: boolean;
  readonly encryptionRefusal?: string;
  readonly service?: Partial<SessionService>;
  readonly session?: Partial<SessionOptions>;
  /** Whether somebody listens to the session's events. */
  readonly listens?: boolean;
  /** Where messages go; by default as for the AWS CLI. */
  readonly routes?: (stdout: PassThrough, stderr: PassThrough) => MessageRoutes;
}

async function setUp(options: SetupOptions = {}): Promise<Setup> {
  const clock = createVirtualClock();
  const sockets = createScriptedSockets();
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const terminalModes: string[] = [];
  const events: SessionEvent[] = [];
  let terminated = 0;
  let deliverSignal: ((signal: SessionSignal) => void) | undefined;
  const collect = (stream: PassThrough): (() => string) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  };
  const texts = { stdout: collect(stdout), stderr: collect(stderr) };
  const host: SessionHost = {
    clock,
    logger: silentLogger,
    stdin,
    stdout,
    stderr,
    messages: (options.routes ?? callerRoutes)(stdout, stderr),
    terminal: {
      isInteractive: options.interactive ?? false,
      size: () => ({ cols: 80, rows: 24 }),
      onResize: () => () => undefined,
      enterRawMode: () => terminalModes.push('raw'),
      keysOf: (typed) => typed,
      restore: () => terminalModes.push('restored'),
    },
    openSocket: sockets.open,
    service: {
      signUpgrade: () => Promise.resolve({}),
      resumeSession: () => Promise.resolve({ kind: 'refused', reason: 'no credentials' }),
      terminateSession: () => {
        terminated++;
        return Promise.resolve();
      },
      generateDataKey: () => Promise.reject(new Error('access denied to key k')),
      ...options.service,
    },
    createServer,
    fillRandom: (buffer) => randomBytes(buffer.length).copy(buffer),
    newUuid: () => 'uuid',
    random: () => 0,
    onSignal: (handler) => {
      deliverSignal = handler;
      return () => undefined;
    },
    cutOffStatus: 0,
    localHost: '',
    platform: 'linux',
    umask: (mask) => mask,
    exists: () => true,
    ...(options.listens === true ? { onEvent: (event) => events.push(event) } : {}),
  };
  const exitCode = runSession(
    {
      sessionId: SESSION_ID,
      streamUrl: 'wss://gateway/',
      tokenValue: 'token',
      clientVersion: '1.3.0.0',
      messagesPerSecond: 0,
      pingIntervalMs: 300_000,
      resumeTimeoutMs: 1_200_000,
      encryptionRefusal: options.encryptionRefusal,
      failureStatus: 1,
      withoutExitStatus: undefined,
      ...options.session,
    },
    host,
  );
  await settle();
  return {
    clock,
    sockets,
    agent: joinAgent(sockets.last()),
    stdin,
    exitCode,
    ...texts,
    signal: (signal) => deliverSignal?.(signal),
    terminalModes,
    terminated: () => terminated,
    events,
  };
}

function handshake(...actions: readonly object[]): object {
  return { AgentVersion: '3.3.0.0', RequestedClientActions: actions };
}

function sessionType(name: string): object {
  return {
    ActionType: 'SessionType',
    ActionParameters: { SessionType: name, Properties: {} },
  };
}

/** Payloads of one type that the client sent, as JSON. */
function sentJson(agent: MemoryAgent, payloadType: number): unknown[] {
  return agent
    .received()
    .filter((message) => message.payloadType === payloadType)
    .map((message): unknown => JSON.parse(message.payload.toString()));
}

suite('session', () => {
  test('is a shell when the first message is output, and that output is not lost', async () => {
    const { agent, stdout, stdin, exitCode } = await setUp();
    agent.send(PayloadType.Output, '$ ');
    await settle();
    assert.equal(stdout(), `${STARTING}$ `);
    assert.deepEqual(sentJson(agent, PayloadType.Size), [{ cols: 80, rows: 24 }]);
    stdin.write('id\n');
    await settle();
    assert.equal(agent.typed(), 'id\n');
    agent.closeChannel();
    assert.equal(await exitCode, 0);
    assert.equal(stdout(), `${STARTING}$ ${EXITING}`);
  });

  test('answers the handshake and is ready for output that comes in the same read', async () => {
    const { agent, stdout } = await setUp();
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('NonInteractiveCommands')));
    await settle();
    assert.deepEqual(sentJson(agent, PayloadType.HandshakeResponse), [
      {
        ClientVersion: '1.3.0.0',
        ProcessedClientActions: [
          { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
        ],
        Errors: null,
      },
    ]);
    agent.sendTogether(
      [PayloadType.HandshakeComplete, { HandshakeTimeToComplete: 1, CustomerMessage: 'Be nice.' }],
      [PayloadType.Output, 'first'],
    );
    await settle();
    assert.equal(stdout(), `${STARTING}Be nice.\nfirst`);
    assert.deepEqual(agent.acknowledged(), [0, 1, 2]);
  });

  test('refuses an unknown session type, ends it, and says why', async () => {
    const { agent, stdout, exitCode, terminated } = await setUp();
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('Hologram')));
    await settle();
    const [response] = sentJson(agent, PayloadType.HandshakeResponse) as {
      ProcessedClientActions: { ActionStatus: number; Error: string }[];
      Errors: string[];
    }[];
    assert.equal(response?.ProcessedClientActions[0]?.ActionStatus, 2);
    assert.match(response.Errors[0] ?? '', /Hologram/);
    assert.equal(await exitCode, 1);
    assert.match(stdout(), /Cannot perform start session: .*Hologram/);
    assert.equal(terminated(), 1);
  });

  test('says that an unknown action is unsupported', async () => {
    const { agent } = await setUp();
    agent.send(PayloadType.HandshakeRequest, handshake({ ActionType: 'Dance' }));
    await settle();
    const [response] = sentJson(agent, PayloadType.HandshakeResponse) as {
      ProcessedClientActions: { ActionType: string; ActionStatus: number }[];
    }[];
    assert.equal(response?.ProcessedClientActions[0]?.ActionType, 'Dance');
    assert.equal(response.ProcessedClientActions[0].ActionStatus, 3);
  });

  test('encrypts with the second half of the data key and decrypts with the first', async () => {
    const plaintext = randomBytes(64);
    const asked: unknown[] = [];
    const { agent, stdout, stdin } = await setUp({
      service: {
        generateDataKey: (request) => {
          asked.push(request);
          return Promise.resolve({ cipherTextBlob: Buffer.from('blob'), plaintext });
        },
      },
    });
    agent.send(
      PayloadType.HandshakeRequest,
      handshake(sessionType('Standard_Stream'), {
        ActionType: 'KMSEncryption',
        ActionParameters: { KMSKeyId: 'key', Challenge: 'Y2hhbGxlbmdl' },
      }),
    );
    await settle();
    assert.deepEqual(asked, [{ kmsKeyId: 'key', challenge: 'Y2hhbGxlbmdl' }]);
    const [response] = sentJson(agent, PayloadType.HandshakeResponse) as {
      ProcessedClientActions: { ActionResult: unknown }[];
    }[];
    assert.deepEqual(response?.ProcessedClientActions[1]?.ActionResult, {
      KMSCipherTextKey: Buffer.from('blob').toString('base64'),
      KMSCipherTextHash: '',
      ChallengeAcknowledgement: true,
    });
    const seal = (text: string): Buffer => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', plaintext.subarray(0, 32), nonce);
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    };
    const open = (sealed: Buffer): string => {
      const key = plaintext.subarray(32);
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(-16));
      return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
    };
    agent.send(PayloadType.EncryptionChallengeRequest, {
      Challenge: seal('prove it').toString('base64'),
    });
    const [answer] = sentJson(agent, PayloadType.EncryptionChallengeResponse) as {
      Challenge: string;
    }[];
    assert.equal(open(Buffer.from(answer?.Challenge ?? '', 'base64')), 'prove it');
    agent.send(PayloadType.HandshakeComplete, { HandshakeTimeToComplete: 1 });
    agent.send(PayloadType.Output, seal('secret output'));
    agent.send(PayloadType.Output, Buffer.from('not encrypted at all, nor with this key'));
    agent.send(PayloadType.Output, seal(' and more'));
    stdin.write('typed');
    await settle();
    assert.equal(stdout(), `${STARTING}secret output and more`);
    const [typed] = agent
      .received()
      .filter((message) => message.payloadType === PayloadType.Output);
    assert.equal(open(typed?.payload ?? Buffer.alloc(0)), 'typed');
  });

  test('fails with the reason when the data key cannot be had', async () => {
    const { agent, stdout, exitCode } = await setUp();
    agent.send(
      PayloadType.HandshakeRequest,
      handshake({ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'k' } }),
    );
    await settle();
    agent.received();
    assert.equal(await exitCode, 1);
    assert.match(stdout(), /Cannot perform start session: access denied to key k\n/);
  });

  test('tells a caller that cannot encrypt what to do', async () => {
    const { agent, stdout, exitCode } = await setUp({ encryptionRefusal: 'upgrade the AWS CLI' });
    agent.send(
      PayloadType.HandshakeRequest,
      handshake({ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'k' } }),
    );
    await settle();
    agent.received();
    assert.equal(await exitCode, 1);
    assert.match(stdout(), /Cannot perform start session: upgrade the AWS CLI\n/);
  });

  test('prints why the service closed the channel', async () => {
    const { agent, stdout, exitCode } = await setUp();
    agent.send(PayloadType.Output, '$ ');
    agent.closeChannel('Session was idle.');
    assert.equal(await exitCode, 0);
    assert.ok(stdout().endsWith(`\n\nSessionId: ${SESSION_ID} : Session was idle.\n\n`));
  });

  test('counts a channel closed with a reason before it began as a failure', async () => {
    const { agent, exitCode } = await setUp();
    agent.closeChannel('Handshake timed out.');
    assert.equal(await exitCode, 1);
  });

  test('passes the exit code of the remote command on, text and status', async () => {
    const { agent, stdout, stderr, exitCode } = await setUp();
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

  test('tells a listener why it is over, when nobody here wanted that', async () => {
    const { agent, events, exitCode } = await setUp({ listens: true });
    agent.send(PayloadType.Output, '$ ');
    agent.closeChannel('Session was idle.');
    await exitCode;
    assert.deepEqual(events, [{ kind: 'over', reason: 'Session was idle.' }]);
  });

  test('tells a listener no reason for an end that was wanted', async () => {
    const { agent, events, exitCode } = await setUp({ listens: true });
    agent.send(PayloadType.Output, '$ ');
    agent.closeChannel();
    await exitCode;
    assert.deepEqual(events, [{ kind: 'over', reason: undefined }]);
  });

  test('tells a listener why it did not start', async () => {
    const { agent, events, exitCode } = await setUp({ listens: true });
    agent.send(PayloadType.HandshakeRequest, handshake(sessionType('Hologram')));
    await settle();
    agent.received();
    await exitCode;
    const [event] = events;
    assert.ok(event?.kind === 'over');
    assert.match(event.reason ?? '', /Hologram/);
  });

  test('leaves it to a listener to say that it reconnects, and that it could not', async () => {
    let answer: ResumeAnswer = { kind: 'unavailable', reason: 'down' };
    const { agent, clock, sockets, events, exitCode, stderr } = await setUp({
      listens: true,
      service: { resumeSession: () => Promise.resolve(answer) },
    });
    agent.send(PayloadType.Output, '$ ');
    const since = clock.monotonic();
    sockets.last().events.lost('reset');
    await settle();
    clock.advance(3_000);
    await settle();
    assert.deepEqual(events, [{ kind: 'reconnecting', reason: 'reset', since }]);
    answer = { kind: 'over' };
    clock.advance(5_000);
    await exitCode;
    assert.deepEqual(events.at(-1), { kind: 'over', reason: 'the session has timed out' });
    assert.equal(stderr(), '');
  });

  test('gives the terminal back before it says goodbye', async () => {
    const { agent, terminalModes, exitCode } = await setUp({ interactive: true });
    agent.send(PayloadType.Output, '$ ');
    assert.deepEqual(terminalModes, ['raw']);
    agent.closeChannel();
    await exitCode;
    assert.deepEqual(terminalModes, ['raw', 'restored']);
  });

  test('forwards signals as keys', async () => {
    const { agent, signal } = await setUp({ interactive: true });
    agent.send(PayloadType.Output, '$ ');
    signal('SIGINT');
    signal('SIGQUIT');
    signal('SIGTSTP');
    assert.equal(agent.typed(), '\x03\x1c\x1a');
  });

  for (const [name, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['parent-gone', 129],
  ] as const) {
    test(`ends the session on the service, too, at ${name}`, async () => {
      const { agent, signal, terminated, exitCode } = await setUp();
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

  test('leaves within a bound when nobody answers', async () => {
    const { agent, clock, signal, exitCode } = await setUp({
      service: { terminateSession: () => new Promise(() => undefined) },
    });
    agent.send(PayloadType.Output, '$ ');
    signal('SIGTERM');
    await settle();
    clock.advance(999);
    await settle();
    assert.equal(await exitCode, 143);
  });

  test('can be left before it has begun', async () => {
    const { agent, signal, exitCode, terminated } = await setUp();
    signal('SIGINT');
    agent.received();
    assert.equal(await exitCode, 130);
    assert.equal(terminated(), 1);
  });

  test('leaves at ~. typed at the start of a line', async () => {
    const { agent, stdin, stdout, exitCode } = await setUp({ interactive: true });
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

  test('stops reading the service while stdout is full, and goes on when it drains', async () => {
    const { agent, sockets, stdout } = await setUp();
    agent.send(PayloadType.Output, '$ ');
    await settle();
    const socket = sockets.last();
    for (let i = 0; i < 64; i++) agent.send(PayloadType.Output, Buffer.alloc(1024, 'x'));
    assert.equal(socket.isPaused, true);
    await settle();
    await settle();
    assert.equal(socket.isPaused, false);
    assert.equal(stdout().length, STARTING.length + 2 + 64 * 1024);
  });

  test('tells the end of piped input with Ctrl-D once the rest is acknowledged', async () => {
    const { agent, stdin } = await setUp();
    agent.send(PayloadType.Output, '$ ');
    stdin.end('exit 3\n');
    await settle();
    await settle();
    assert.equal(agent.typed(), 'exit 3\n\x04');
  });

  test('finishes an unfinished line of a remote side that stays silent after its end', async () => {
    const { agent, stdin, clock } = await setUp();
    agent.send(PayloadType.Output, '$ ');
    stdin.end('exit 3');
    await settle();
    await settle();
    assert.equal(agent.typed(), 'exit 3\x04\x04');
    clock.advance(1_000);
    assert.equal(agent.typed(), 'exit 3\x04\x04\r\x04');
  });
});
