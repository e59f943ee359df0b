import { createLocalPort } from '../../../../../src/session/port/listen/local-port.ts';
import { openGatewaySocket } from '../../../../../src/cli/run/gateway/gateway-socket.ts';
import type { Clock, Timer } from '../../../../../src/lib/clock.ts';
import type { Logger } from '../../../../../src/logging/logger.ts';
import { commandTexts } from '../../../../../src/session/texts/command-texts.ts';
import { texts as callerTexts } from '../../../../../src/session/texts/caller-texts.ts';
import { CONNECT_TIMEOUT_MS } from '../../../../../src/session/connection/connect-timeout.ts';
import type { SessionHost } from '../../../../../src/session/session-host.ts';
import type { ResumeAnswer, SessionService } from '../../../../../src/session/session-service.ts';
import type { SessionSignal } from '../../../../../src/session/session-type.ts';
import { openEarly } from '../../../../../src/socket/early-socket.ts';
import type { Random } from '../../../../support/random.ts';
import { createVirtualClock, type VirtualClock } from '../../../../support/virtual-clock.ts';
import { createGateway, type Gateway, type Opening } from './gateway.ts';
import { createMemoryNetwork, type MemoryNetwork } from './memory-network.ts';
import { SECRET, type SessionPlan } from '../plan.ts';
import { createFuzzInput, createFuzzOutput, type FuzzInput, type FuzzOutput } from './streams.ts';
import { createFuzzTerminal, type FuzzTerminal } from './terminal.ts';
import { testFailure } from '../../../../support/test-failure.ts';

/** Everything around one session: the machine, the service, the user. */
export interface World {
  readonly host: SessionHost;
  readonly clock: VirtualClock;
  /** Timers that the session has set and that would still fire. */
  readonly timers: () => number;
  readonly gateway: Gateway;
  readonly network: MemoryNetwork;
  readonly terminal: FuzzTerminal;
  readonly stdin: FuzzInput;
  readonly stdout: FuzzOutput;
  readonly stderr: FuzzOutput;
  readonly outputs: readonly FuzzOutput[];
  readonly logged: string[];
  /** Listeners to signals and to internal errors. */
  readonly handlers: () => number;
  signal(signal: SessionSignal): void;
  /** An error that nothing has caught. @returns what the program waits for before it leaves */
  internalError(): Promise<unknown>;
  /** From now on nothing connects, and ResumeSession is not reached. */
  cutOff(): void;
  /** ResumeSession was asked. */
  readonly resumes: () => number;
  /** Output of a command was filtered. */
  readonly filtered: () => number;
}

const DATA_KEY_BYTES = 64;
const LONGEST_ANSWER_MS = 5_000;

/** Makes the world of one session. @param dataKey - what KMS gives for it */
export function createWorld(plan: SessionPlan, dataKey: Buffer, random: Random): World {
  const clock = createVirtualClock();
  const counted = countTimers(clock);
  const isTerminal = random.chance(0.5);
  const stdin = createFuzzInput();
  const stdout = createFuzzOutput(isTerminal);
  const stderr = createFuzzOutput(isTerminal);
  const apart = createFuzzOutput(false);
  const shown = isTerminal ? [stdout.stream, stderr.stream] : [];
  const terminal = createFuzzTerminal(plan.interactive, shown);
  let isCutOff = false;
  let resumes = 0;
  let filtered = 0;
  const gateway = createGateway(clock, () => (isCutOff ? 'refused' : chooseOpening(random)));
  const network = createMemoryNetwork((address) => chooseListening(address, random));
  // As the program does it: the first socket begins to open before the session exists.
  const signed = openGatewaySocket({
    network: { createConnection: () => () => undefined },
    clock,
    signUpgrade: () => Promise.resolve({ authorization: `${SECRET}-signature` }),
    openWebSocket: gateway.open,
  });
  const logged: string[] = [];
  const signals = createHandlers<SessionSignal, unknown>();
  const fatalErrors = createHandlers<Error, Promise<unknown>>();
  const texts = plan.textsApart ? apart : stdout;
  const host: SessionHost = {
    clock: counted.clock,
    logger: createLogger(logged),
    stdin: stdin.stream,
    stdout: stdout.stream,
    stderr: stderr.stream,
    presentation: {
      wording: plan.textsApart ? commandTexts('web (i-1)', (text) => text) : callerTexts,
      texts: texts.stream,
      notices: stderr.stream,
      noticesOnTerminal: isTerminal,
      failures: texts.stream,
      failureJson: undefined,
      failureStatus: plan.failureStatus,
      cutOffStatus: random.pick([0, 255]),
      missingExitStatus: plan.missingExitStatus,
      onEvent: plan.listensToEvents ? () => undefined : undefined,
    },
    terminal,
    openSocket: openEarly(signed, {
      url: plan.options.session.streamUrl,
      timeoutMs: CONNECT_TIMEOUT_MS,
    }),
    service: createService(clock, dataKey, random, () => {
      resumes++;
      return isCutOff ? 'unreachable' : 'reachable';
    }),
    createServer: network.createServer,
    localPort: createLocalPort({ onEvent: plan.listensToEvents ? () => undefined : undefined }),
    fillRandom: (buffer) => void random.bytes(buffer.length).copy(buffer),
    newUuid: () => 'uuid',
    random: () => random.next(),
    onSignal: signals.add,
    hangUpEnds: plan.hangUpEnds,
    onFatalError: fatalErrors.add,
    reportAgentWait: () => () => undefined,
    connectionChanged: () => undefined,
    stopWaiting: () => undefined,
    hasPeerClosed: () => Promise.resolve(random.chance(0.3)),
    freeDescriptors: () => (random.chance(0.1) ? random.below(40) : undefined),
    input:
      plan.kind === 'command' ? { kind: 'nothing', suspend: () => undefined } : { kind: 'keys' },
    outputFilter:
      plan.kind === 'command'
        ? {
            take(_type, payload) {
              filtered++;
              return payload;
            },
            rest: () => Buffer.alloc(0),
            exitStatus: undefined,
          }
        : undefined,
    localHost: '',
    platform: 'linux',
    umask: (mask) => mask,
    exists: () => true,
  };
  return {
    host,
    clock,
    timers: counted.pending,
    gateway,
    network,
    terminal,
    stdin,
    stdout,
    stderr,
    outputs: [stdout, stderr, apart],
    logged,
    handlers: () => signals.count() + fatalErrors.count(),
    signal: (signal) => void signals.call(signal),
    internalError: () => Promise.all(fatalErrors.call(new Error('an internal error'))),
    cutOff() {
      isCutOff = true;
    },
    resumes: () => resumes,
    filtered: () => filtered,
  };
}

function countTimers(clock: Clock): { readonly clock: Clock; readonly pending: () => number } {
  const pending = new Set<object>();
  const start = (isOnce: boolean, delay: number, callback: () => void): Timer => {
    const key = {};
    pending.add(key);
    const call = (): void => {
      if (isOnce) pending.delete(key);
      callback();
    };
    const timer = isOnce ? clock.after(delay, call) : clock.every(delay, call);
    return {
      cancel() {
        pending.delete(key);
        timer.cancel();
      },
    };
  };
  return {
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (delay, callback) => start(true, delay, callback),
      every: (interval, callback) => start(false, interval, callback),
    },
    pending: () => pending.size,
  };
}

interface Handlers<Event, Answer> {
  readonly add: (handler: (event: Event) => Answer) => () => void;
  readonly call: (event: Event) => readonly Answer[];
  readonly count: () => number;
}

function createHandlers<Event, Answer>(): Handlers<Event, Answer> {
  const handlers = new Set<(event: Event) => Answer>();
  return {
    add(handler) {
      const own = (event: Event): Answer => handler(event);
      handlers.add(own);
      return () => void handlers.delete(own);
    },
    call: (event) => [...handlers].map((handler) => handler(event)),
    count: () => handlers.size,
  };
}

function chooseOpening(random: Random): Opening {
  if (random.chance(0.9)) return 'open';
  return random.pick<Opening>(['refused', 'refused', 'hangs', 'lost-at-once', 'tls']);
}

function chooseListening(address: string, random: Random): string | undefined {
  const isIpv6 = address.includes(':');
  if (!random.chance(isIpv6 ? 0.2 : 0.05)) return undefined;
  return random.pick(['EADDRINUSE', isIpv6 ? 'EADDRNOTAVAIL' : 'EACCES']);
}

function createLogger(logged: string[]): Logger {
  const log = (message: string): void => void logged.push(message);
  return { error: log, warn: log, info: log, debug: log, trace: log, debugEnabled: true };
}

/** @param asked - called with each ResumeSession */
function createService(
  clock: Clock,
  dataKey: Buffer,
  random: Random,
  asked: () => 'reachable' | 'unreachable',
): SessionService {
  const answer = <Value>(value: Value): Promise<Value> =>
    new Promise((resolve) => {
      const delay = random.chance(0.8) ? 0 : random.below(LONGEST_ANSWER_MS);
      if (delay === 0) resolve(value);
      else clock.after(delay, () => resolve(value));
    });
  const fail = (): Promise<never> =>
    answer(undefined).then(() => Promise.reject(new Error('busy')));
  return {
    resumeSession: () => answer(asked() === 'unreachable' ? UNREACHABLE : chooseAnswer(random)),
    terminateSession: () =>
      random.pick([
        () => answer(undefined),
        () => answer(undefined),
        fail,
        () => new Promise<void>(() => undefined),
      ])(),
    generateDataKey: () => {
      if (random.chance(0.05)) return fail();
      if (random.chance(0.03)) return new Promise(() => undefined);
      return answer({ plaintext: dataKey, cipherTextBlob: Buffer.alloc(DATA_KEY_BYTES, 7) });
    },
  };
}

const UNREACHABLE: ResumeAnswer = {
  kind: 'unavailable',
  failure: testFailure('session', 'the service is not reached'),
};

function chooseAnswer(random: Random): ResumeAnswer {
  if (random.chance(0.7)) {
    const streamUrl = random.pick(['', 'wss://other/']);
    return { kind: 'resumed', tokenValue: `${SECRET}-token-${random.below(1000)}`, streamUrl };
  }
  return random.pick<ResumeAnswer>([
    UNREACHABLE,
    UNREACHABLE,
    { kind: 'ended' },
    { kind: 'refused', failure: testFailure('session', 'ExpiredToken\u001b[2J') },
    { kind: 'resumed', tokenValue: `${SECRET}-token`, streamUrl: '' },
  ]);
}
