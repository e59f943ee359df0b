import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { silentLogger } from '../../../src/logging/logger.ts';
import type { SessionService } from '../../../src/session/session-service.ts';
import type { SessionSignal } from '../../../src/session/session-type.ts';
import { runSession } from '../../../src/session/session.ts';
import { callerRoutes } from '../../session/caller-routes.ts';
import {
  createScriptedSockets,
  settle,
  type ScriptedSocket,
} from '../../session/scripted-sockets.ts';
import type { Random } from '../../support/random.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

export const SESSION_ID = 'user-0123456789abcdef0';
/** Far more than a session that is told to leave may take. */
const LONGEST_END_MS = 10_000;
const STEP_MS = 100;

/** A session whose service and agent are the test, and whose time stands still. */
export interface ScriptedSession {
  /** The connection it has opened. */
  readonly socket: ScriptedSocket;
  readonly stdout: () => Buffer;
  /** The exit status; undefined while it runs. */
  readonly exitCode: number | undefined;
  signal(signal: SessionSignal): void;
  /** Lets time pass until it has ended. @throws Error when it does not */
  end(): Promise<number>;
}

/** Starts a session and resolves when its connection is open. */
export async function startScriptedSession(
  random: Random,
  generateDataKey: SessionService['generateDataKey'],
): Promise<ScriptedSession> {
  const clock = createVirtualClock();
  const sockets = createScriptedSockets();
  const stdout = new PassThrough();
  const stderr = new PassThrough().resume();
  const chunks: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  let exitCode: number | undefined;
  let deliverSignal: (signal: SessionSignal) => void = () => undefined;
  void runSession(
    {
      sessionId: SESSION_ID,
      streamUrl: 'wss://gateway/',
      tokenValue: 'token',
      clientVersion: '1.3.0.0',
      messagesPerSecond: 0,
      pingIntervalMs: 300_000,
      resumeTimeoutMs: 1_200_000,
      encryptionRefusal: undefined,
      failureStatus: 1,
      withoutExitStatus: undefined,
    },
    {
      clock,
      logger: silentLogger,
      stdin: new PassThrough(),
      stdout,
      stderr,
      messages: callerRoutes(stdout, stderr),
      terminal: {
        isInteractive: true,
        size: () => ({ cols: 80, rows: 24 }),
        onResize: () => () => undefined,
        enterRawMode: () => undefined,
        keysOf: (typed) => typed,
        restore: () => undefined,
      },
      openSocket: sockets.open,
      service: {
        signUpgrade: () => Promise.resolve({}),
        resumeSession: () => Promise.resolve({ kind: 'unavailable', reason: 'nobody is there' }),
        terminateSession: () => Promise.resolve(),
        generateDataKey,
      },
      createServer,
      fillRandom: (bytes) => void random.bytes(bytes.length).copy(bytes),
      newUuid: () => 'uuid',
      random: () => random.next(),
      onSignal(handler) {
        deliverSignal = handler;
        return () => undefined;
      },
      cutOffStatus: 0,
      localHost: '',
      platform: 'linux',
      umask: (mask) => mask,
      exists: () => true,
    },
  ).then((code) => {
    exitCode = code;
  });
  await settle();
  return {
    socket: sockets.last(),
    stdout: () => Buffer.concat(chunks),
    get exitCode() {
      return exitCode;
    },
    signal: (signal) => deliverSignal(signal),
    async end() {
      for (let passed = 0; passed < LONGEST_END_MS; passed += STEP_MS) {
        await settle();
        if (exitCode !== undefined) return exitCode;
        clock.advance(STEP_MS);
      }
      throw new Error('the session does not end');
    },
  };
}
