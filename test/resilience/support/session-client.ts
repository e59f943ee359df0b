import { createLocalPort } from '../../../src/session/port/listen/local-port.ts';
import { randomFillSync, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../src/lib/clock.ts';
import type { Logger } from '../../../src/logging/logger.ts';
import type { DataKey } from '../../../src/session/session-service.ts';
import type { SessionSignal } from '../../../src/session/session-type.ts';
import { runSession } from '../../../src/session/session.ts';
import type { OpenSocket } from '../../../src/socket/socket.ts';
import { openWebSocket } from '../../../src/socket/web-socket.ts';
import { directConnection } from '../../support/direct-connection.ts';
import { createConditions } from '../../local-aws/conditions.ts';
import type { LocalAws, LocalSession } from '../../local-aws/local-aws.ts';
import { createTranscript, type Transcript } from '../../program/support/transcript.ts';
import { callerPresentation } from '../../session/support/caller-presentation.ts';
import { createScriptedTerminal } from '../../session/support/scripted-terminal.ts';
import { SESSION_OPTIONS } from '../../session/support/session-options.ts';
import type { Random } from '../../support/random.ts';
import { createCompressibleClock, type CompressibleClock } from './compressible-clock.ts';
import { createLocalService } from './local-service.ts';

/** As fast as the program is by default: a transfer has a middle. */
const MESSAGES_PER_SECOND = 900;
const MESSAGE_TYPE_OFFSET = 4;
const MESSAGE_TYPE_BYTES = 32;
const LOG_LINES = 60;

/** How a {@link SessionClient} is started. */
export interface SessionClientOptions {
  readonly aws: LocalAws;
  readonly session: LocalSession;
  /** Jitter of the retries. */
  readonly random: Random;
  /** stdin is a terminal. */
  readonly interactive: boolean;
  /** The address of the first connection; the session's own URL by default. */
  readonly streamUrl?: string;
  /** What KMS gives. */
  readonly dataKey?: DataKey | undefined;
}

/** A whole session in this process, on real sockets, with streams and terminal in the test's hands. */
export interface SessionClient {
  readonly clock: CompressibleClock;
  readonly stdin: PassThrough;
  readonly stdout: Transcript;
  readonly stderr: Transcript;
  /** `raw` and `restored`, as the terminal was set. */
  readonly terminalModes: readonly string[];
  /** Tries to open a WebSocket. */
  readonly openings: number;
  /** Resolves when the service has sent this many messages of this type in all. */
  untilReceived(messageType: string, count: number): Promise<void>;
  /** Resolves when a line of the session's log has this text: before time passes after it. */
  untilLogged(text: string): Promise<void>;
  signal(signal: SessionSignal): void;
  readonly exited: Promise<number>;
  /** The last lines of the session's log, for failures. */
  readonly log: readonly string[];
}

/** Starts the session; it ends with the test at the latest. */
export function startSessionClient(t: TestContext, options: SessionClientOptions): SessionClient {
  const { aws, session, random } = options;
  const clock = createCompressibleClock();
  const conditions = createConditions();
  const received = new Map<string, number>();
  const terminal = createScriptedTerminal(options.interactive);
  const log: string[] = [];
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const shownOut = createTranscript('stdout');
  const shownErr = createTranscript('stderr');
  let openings = 0;
  let deliverSignal: (signal: SessionSignal) => void = () => undefined;
  stdout.on('data', (bytes: Buffer) => shownOut.push(bytes));
  stderr.on('data', (bytes: Buffer) => shownErr.push(bytes));

  const openSocket: OpenSocket = (request, events) => {
    openings++;
    return openWebSocket(
      { ...request, headers: {}, createConnection: directConnection, clock: systemClock },
      {
        ...events,
        frame(frame) {
          const type = messageTypeOf(frame);
          received.set(type, (received.get(type) ?? 0) + 1);
          events.frame(frame);
          conditions.changed();
        },
      },
    );
  };
  const exited = runSession(
    {
      ...SESSION_OPTIONS,
      session: {
        ...SESSION_OPTIONS.session,
        sessionId: session.sessionId,
        streamUrl: options.streamUrl ?? session.response.StreamUrl,
        tokenValue: session.response.TokenValue,
      },
      settings: { ...SESSION_OPTIONS.settings, messagesPerSecond: MESSAGES_PER_SECOND },
    },
    {
      clock,
      logger: loggerInto(log, clock, () => conditions.changed()),
      stdin,
      stdout,
      stderr,
      presentation: callerPresentation(stdout, stderr),
      terminal,
      openSocket,
      service: createLocalService(aws.endpoint, session.sessionId, options.dataKey),
      createServer,
      localPort: createLocalPort({ onEvent: undefined }),
      fillRandom: (bytes) => randomFillSync(bytes),
      newUuid: randomUUID,
      random: () => random.next(),
      onSignal(handler) {
        deliverSignal = handler;
        return () => undefined;
      },
      hangUpEnds: true,
      onFatalError: () => () => undefined,
      reportAgentWait: () => () => undefined,
      connectionChanged: () => undefined,
      stopWaiting: () => undefined,
      hasPeerClosed: () => Promise.resolve(false),
      freeDescriptors: () => undefined,
      input: { kind: 'keys' },
      outputFilter: undefined,
      localHost: '',
      platform: process.platform,
      umask: (mask) => process.umask(mask),
      exists: existsSync,
    },
  ).finally(() => {
    conditions.close();
    shownOut.close();
    shownErr.close();
  });
  t.after(async () => {
    clock.setSpeed(1);
    deliverSignal('SIGTERM');
    deliverSignal('SIGTERM');
    await exited;
  });
  return {
    clock,
    stdin,
    stdout: shownOut,
    stderr: shownErr,
    terminalModes: terminal.calls,
    get openings() {
      return openings;
    },
    untilReceived: (messageType, count) =>
      conditions.until(messageType, () => (received.get(messageType) ?? 0) >= count),
    untilLogged: (text) => conditions.until(text, () => log.some((line) => line.includes(text))),
    signal: (signal) => deliverSignal(signal),
    exited,
    log,
  };
}

function messageTypeOf(frame: Buffer): string {
  return frame
    .toString('latin1', MESSAGE_TYPE_OFFSET, MESSAGE_TYPE_OFFSET + MESSAGE_TYPE_BYTES)
    .trim();
}

function loggerInto(lines: string[], clock: CompressibleClock, logged: () => void): Logger {
  const note =
    (level: string) =>
    (message: string): void => {
      lines.push(`${clock.monotonic().toFixed(0)} ms ${level} ${message}`);
      if (lines.length > LOG_LINES) lines.shift();
      logged();
    };
  return {
    error: note('ERROR'),
    warn: note('WARN'),
    info: note('INFO'),
    debug: note('DEBUG'),
    trace: () => undefined,
    debugEnabled: false,
  };
}
