import { createLocalPort } from '../../../src/session/port/listen/local-port.ts';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { silentLogger } from '../../../src/logging/logger.ts';
import type { SessionHost } from '../../../src/session/session-host.ts';
import type { SessionService } from '../../../src/session/session-service.ts';
import type { SessionSignal } from '../../../src/session/session-type.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { callerPresentation } from './caller-presentation.ts';
import { createScriptedSockets, type ScriptedSockets } from '../connection/scripted-sockets.ts';
import { createScriptedTerminal } from './scripted-terminal.ts';
import { testFailure } from '../../support/test-failure.ts';

/** What a session runs on when all of it is the test's: service, sockets, streams, signals, time. */
export interface ScriptedHost {
  readonly host: SessionHost;
  readonly clock: VirtualClock;
  readonly sockets: ScriptedSockets;
  readonly stdin: PassThrough;
  /** All that was written so far. */
  readonly stdout: () => Buffer;
  readonly stderr: () => Buffer;
  readonly signal: (signal: SessionSignal) => void;
  /** A fatal error of the program. @returns what the program waits for before it exits */
  readonly fatalError: (error: Error) => Promise<unknown>;
  /** How many servers were made, to listen on ports or sockets. */
  readonly servers: () => number;
  /** `raw` and `restored`, as the terminal was set. */
  readonly terminalModes: readonly string[];
}

/** What differs from a session without input, on a service that refuses every call. */
export interface ScriptedHostOptions {
  readonly interactive?: boolean;
  readonly service?: Partial<SessionService>;
  /** Whether SIGHUP ends the session; it does by default. */
  readonly hangUpEnds?: boolean;
  /** In place of a stdout that takes everything. */
  readonly stdout?: Writable;
}

/** Makes a host for one session. */
export function createScriptedHost(options: ScriptedHostOptions = {}): ScriptedHost {
  const clock = createVirtualClock();
  const sockets = createScriptedSockets();
  const terminal = createScriptedTerminal(options.interactive ?? false);
  const stdin = new PassThrough();
  const collected = new PassThrough();
  const stdout = options.stdout ?? collected;
  const stderr = new PassThrough();
  let servers = 0;
  let handleFatalError: (error: Error) => Promise<unknown> = () => Promise.resolve();
  let deliverSignal: (signal: SessionSignal) => void = () => undefined;
  const host: SessionHost = {
    clock,
    logger: silentLogger,
    stdin,
    stdout,
    stderr,
    presentation: callerPresentation(stdout, stderr),
    terminal,
    openSocket: sockets.open,
    service: {
      resumeSession: () =>
        Promise.resolve({ kind: 'refused', failure: testFailure('session', 'no credentials') }),
      terminateSession: () => Promise.resolve(),
      generateDataKey: () => Promise.reject(new Error('access denied to key k')),
      ...options.service,
    },
    createServer: (...args) => {
      servers++;
      return createServer(...args);
    },
    localPort: createLocalPort({ onEvent: undefined }),
    fillRandom: (buffer) => randomBytes(buffer.length).copy(buffer),
    newUuid: () => 'uuid',
    random: () => 0,
    onSignal: (handler) => {
      deliverSignal = handler;
      return () => undefined;
    },
    hangUpEnds: options.hangUpEnds ?? true,
    reportAgentWait: () => () => undefined,
    connectionChanged: () => undefined,
    stopWaiting: () => undefined,
    onFatalError: (handler) => {
      handleFatalError = handler;
      return () => undefined;
    },
    hasPeerClosed: () => Promise.resolve(false),
    freeDescriptors: () => undefined,
    input: { kind: 'keys' },
    outputFilter: undefined,
    localHost: '',
    platform: 'linux',
    umask: (mask) => mask,
    exists: () => true,
  };
  return {
    host,
    clock,
    sockets,
    stdin,
    stdout: collect(collected),
    stderr: collect(stderr),
    signal: (signal) => deliverSignal(signal),
    fatalError: (error) => handleFatalError(error),
    servers: () => servers,
    terminalModes: terminal.calls,
  };
}

function collect(stream: Readable): () => Buffer {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}
