import assert from 'node:assert/strict';
import { MessageType } from '../../../src/protocol/client-message.ts';
import {
  EXPIRED_TOKEN,
  type Cut,
  type GatewayState,
  type LocalSession,
} from '../../local-aws/local-aws.ts';
import type { Exchange } from '../../program/port/support/exchange.ts';
import type { Random } from '../../support/random.ts';
import type { Cell } from './fault-cells.ts';
import { DEFERRED_BYTES } from './conversation.ts';
import type { SessionClient } from './session-client.ts';

/** One fault with everything about it that is random already chosen. */
export interface FaultPlan {
  /** Connections that a relay cuts by themselves. */
  readonly cuts: readonly (Cut | undefined)[];
  /** `start`: with the first connection. `flow`: when the traffic is where the plan wants it. */
  readonly strikesAt: 'start' | 'flow';
  /** Lets the fault happen; resolves when the session can continue. */
  strike(struck: Struck): Promise<void>;
  /** Throws when the fault did not happen, or not once, or was not met as it should be. */
  verify(struck: Struck): void;
}

/** What a fault happens to. */
export interface Struck {
  readonly client: SessionClient;
  readonly session: LocalSession;
}

/** An upgrade request, its answer and the first messages have more bytes than this in each session. */
const SURE_BYTES = 400;
/** As much as the answer to an upgrade request has, which is all that comes for certain. */
const UPGRADE_ANSWER_BYTES = 100;
const OUTAGE_MS = 30_000;
const OUTAGE_SPEED = 100;
/** Frames of the client in a handshake: acknowledgements and answers, with encryption and without. */
const HANDSHAKE_FRAMES = { shell: 5, mux: 3, basic: 3, stdio: 3 } as const;

/** Chooses where and how the fault of a cell happens. */
export function planFault(cell: Cell, exchange: Exchange, random: Random): FaultPlan {
  switch (cell.fault) {
    case 'cut at a random byte':
      return {
        cuts: [randomCut(cell, exchange, random)],
        strikesAt: 'start',
        strike: () => Promise.resolve(),
        verify: ({ client }) => assert.equal(client.openings, 2, 'the connection was cut once'),
      };
    case 'cut while publication is paused':
      return {
        cuts: [],
        strikesAt: 'flow',
        strike: cutWhilePaused,
        verify: connectedTwice,
      };
    case 'cut in the handshake': {
      const frames = random.between(0, HANDSHAKE_FRAMES[cell.kind]);
      return {
        cuts: [],
        strikesAt: 'start',
        async strike({ session }) {
          await session.until(
            `frame ${frames} of the handshake`,
            ({ record }) => record.connections.length > 0 && record.framesFromClient >= frames,
          );
          session.cutClient();
        },
        verify: connectedTwice,
      };
    }
    case 'cut during a resume': {
      const apiFails = random.chance(0.5);
      return {
        cuts: [undefined, resumingCut(random)],
        strikesAt: 'flow',
        strike({ session }) {
          if (apiFails) session.answerResume({ kind: 'down' }, 1);
          session.cutClient();
          return Promise.resolve();
        },
        verify: ({ client }) => assert.equal(client.openings, 3, 'the new connection was cut, too'),
      };
    }
    case '403 on resume once':
      return {
        cuts: [],
        strikesAt: 'flow',
        strike({ session }) {
          session.answerResume(EXPIRED_TOKEN, 1);
          session.cutClient();
          return Promise.resolve();
        },
        verify(struck) {
          connectedTwice(struck);
          assert.equal(struck.session.record.resumeCalls, 1, 'the old token was taken');
        },
      };
    case 'empty token on resume':
      return {
        cuts: [],
        strikesAt: 'flow',
        strike({ session }) {
          session.answerResume({ kind: 'ended' });
          session.cutClient();
          return Promise.resolve();
        },
        verify: ({ client, session }) => {
          assert.equal(client.openings, 1);
          assert.equal(session.record.resumeCalls, 1);
        },
      };
    case 'gateway down for 30 s': {
      const gateway = random.pick<GatewayState>(['down', 'unavailable']);
      const apiIsDown = random.chance(0.5);
      return {
        cuts: [],
        strikesAt: 'flow',
        async strike({ client, session }) {
          session.setGateway(gateway);
          if (apiIsDown) session.answerResume({ kind: 'down' });
          client.clock.setSpeed(OUTAGE_SPEED);
          session.cutClient();
          await session.until('the cut', ({ clientConnected }) => !clientConnected);
          await client.clock.pass(OUTAGE_MS);
          session.answerResume({ kind: 'normal' });
          session.setGateway('up');
          await session.until('the next connection', ({ clientConnected }) => clientConnected);
          client.clock.setSpeed(1);
        },
        verify(struck) {
          connectedTwice(struck);
          assert.match(
            struck.client.stderr.text,
            /^Connection lost, reconnecting…\nReconnected\.\n/,
          );
        },
      };
    }
    case 'agent cut':
      return {
        cuts: [],
        strikesAt: 'flow',
        async strike({ client, session }) {
          session.cutAgent();
          await client.untilReceived(MessageType.PausePublication, 1);
          session.joinAgent();
        },
        verify: ({ client }) => assert.equal(client.openings, 1, 'the client stays connected'),
      };
  }
}

/** The middle of a transfer, as far as the record of the target shows it. */
export function chooseMiddle(
  cell: Cell,
  exchange: Exchange,
  random: Random,
): (session: LocalSession) => boolean {
  const PAYLOAD_BYTES = 1024;
  const received = random.below(exchange.up.bytes - DEFERRED_BYTES);
  const acknowledged = random.below(Math.floor(exchange.down.bytes / PAYLOAD_BYTES) + 1);
  const isUp =
    cell.traffic === 'bulk up' || (cell.traffic === 'bulk both ways' && random.chance(0.5));
  if (cell.traffic === 'idle') return ({ record }) => record.acknowledged === record.sent;
  return isUp
    ? ({ record }) => record.inputBytes >= received
    : ({ record }) => record.acknowledged >= acknowledged;
}

async function cutWhilePaused({ client, session }: Struck): Promise<void> {
  session.delayPublication();
  await client.untilReceived(MessageType.PausePublication, 1);
  const before = session.record.connections.length;
  session.cutClient();
  await session.until('the next connection', ({ record }) => record.connections.length > before);
  // It is asked to pause, too.
  await client.untilReceived(MessageType.PausePublication, 2);
  session.releasePublication();
}

function connectedTwice({ session }: Struck): void {
  const accepted = session.record.connections.filter((connection) => connection.accepted);
  assert.equal(accepted.length, 2, 'one connection was lost, and another was made');
}

function randomCut(cell: Cell, exchange: Exchange, random: Random): Cut {
  const direction = random.pick<Cut['direction']>(['to-client', 'to-agent']);
  const { bytes } = direction === 'to-client' ? exchange.down : exchange.up;
  const isBulk = cell.traffic !== 'idle' && bytes > SURE_BYTES;
  return { direction, afterBytes: random.between(1, isBulk ? bytes : SURE_BYTES) };
}

function resumingCut(random: Random): Cut {
  const direction = random.pick<Cut['direction']>(['to-client', 'to-agent']);
  const most = direction === 'to-client' ? UPGRADE_ANSWER_BYTES : SURE_BYTES;
  return { direction, afterBytes: random.between(1, most) };
}
