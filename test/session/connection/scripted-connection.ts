import assert from 'node:assert/strict';
import { createChannel, type Channel } from '../../../src/channel/channel.ts';
import type { OutgoingMessage } from '../../../src/channel/outgoing-message.ts';
import { silentLogger } from '../../../src/logging/logger.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { connect, type Connection } from '../../../src/session/connection/connection.ts';
import type { ConnectionEnd } from '../../../src/session/connection/connection-options.ts';
import type { ResumeAnswer, SessionService } from '../../../src/session/session-service.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { createScriptedSockets, settle, type ScriptedSockets } from './scripted-sockets.ts';
import { testFailure } from '../../support/test-failure.ts';

export const MINUTE_MS = 60_000;
const STEP_MS = 100;

/** A connection over scripted sockets, with a service and time that obey the test. */
export interface ScriptedConnection {
  readonly clock: VirtualClock;
  readonly sockets: ScriptedSockets;
  readonly channel: Channel;
  readonly connection: Connection;
  readonly ends: ConnectionEnd[];
  /** What ResumeSession answers next; the last one stays. */
  readonly answers: ResumeAnswer[];
  readonly calls: { resume: number };
  readonly notices: string[];
  /** Sends a key to the target. */
  readonly type: () => void;
}

/** A new token, and a new address. */
export const RESUMED: ResumeAnswer = {
  kind: 'resumed',
  tokenValue: 'second',
  streamUrl: 'wss://new/',
};

/** Starts connecting. @param prepare - decides what the first attempts come to */
export function startConnection(
  prepare: (sockets: ScriptedSockets) => void = () => undefined,
): ScriptedConnection {
  const clock = createVirtualClock();
  const sockets = createScriptedSockets();
  prepare(sockets);
  const ends: ConnectionEnd[] = [];
  const answers: ResumeAnswer[] = [];
  const notices: string[] = [];
  const calls: ScriptedConnection['calls'] = { resume: 0 };
  const outbox: OutgoingMessage[] = [];
  const channel = createChannel({
    clock,
    logger: silentLogger,
    fillRandom: () => undefined,
    messagesPerSecond: 0,
    deliver: () => true,
    next: () => outbox.shift(),
    closedByService: () => undefined,
    agentConnected: () => undefined,
    onUnacknowledged: () => connection.unanswered(),
  });
  const type = (): void => {
    outbox.push({ payloadType: PayloadType.Output, payload: Buffer.from('x') });
    channel.wake();
    connection.retrySoon();
  };
  const service: SessionService = {
    resumeSession: () => {
      calls.resume++;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return Promise.resolve(
        answer ?? { kind: 'unavailable', failure: testFailure('session', 'no answer prepared') },
      );
    },
    terminateSession: () => Promise.resolve(),
    generateDataKey: () => Promise.reject(new Error('not asked for')),
  };
  let uuid = 0;
  const connection = connect({
    session: { streamUrl: 'wss://first/', tokenValue: 'first' },
    settings: { pingIntervalMs: 5 * MINUTE_MS, resumeTimeoutMs: 20 * MINUTE_MS },
    clientVersion: '1.2.3.4',
    channel,
    host: {
      service,
      openSocket: sockets.open,
      clock,
      logger: silentLogger,
      newUuid: () => `uuid-${uuid++}`,
      random: () => 0.5,
    },
    reconnecting: () => notices.push('reconnecting'),
    reconnected: () => notices.push('reconnected'),
    openChanged: () => undefined,
    ended: (end) => ends.push(end),
  });
  return { clock, sockets, channel, connection, ends, answers, calls, notices, type };
}

/** Lets time pass in steps, with promises settling in between. */
export async function pass(clock: VirtualClock, milliseconds: number, step = 500): Promise<void> {
  await settle();
  for (let passed = 0; passed < milliseconds; passed += step) {
    clock.advance(step);
    await settle();
  }
}

/** Lets time pass until the condition holds. @returns the milliseconds it took */
export async function passUntil(
  clock: VirtualClock,
  condition: () => boolean,
  atMost: number,
): Promise<number> {
  const start = clock.monotonic();
  while (!condition()) {
    assert.ok(clock.monotonic() - start < atMost, `it took more than ${atMost} ms`);
    await pass(clock, STEP_MS, STEP_MS);
  }
  return clock.monotonic() - start;
}
