import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it, type TestContext } from 'node:test';
import {
  startLocalAws,
  type AgentEncryption,
  type LocalAws,
  type LocalSession,
} from '../local-aws/local-aws.ts';
import { bytesOf, type Content } from '../program/port/support/content.ts';
import { createAnswerReader, headOf, type Exchange } from '../program/port/support/exchange.ts';
import { TARGET } from '../program/support/target.ts';
import { withDeadline } from '../program/support/transcript.ts';
import { seeded, type Random } from '../support/random.ts';
import { prepareConversation, type Answer, type Conversation } from './support/conversation.ts';
import { allCells, cellName, type Cell } from './support/fault-cells.ts';
import { chooseMiddle, planFault, type FaultPlan } from './support/fault-plan.ts';
import { startSessionClient, type SessionClient } from './support/session-client.ts';

/** Cells that run side by side: most of their time they wait for timers. */
const CONCURRENCY = 4;
const BULK_BYTES = { least: 32 * 1024, most: 160 * 1024 } as const;
const SMALL_BYTES = { least: 128, most: 2000 } as const;
const DATA_KEY_BYTES = 64;

describe(
  'whatever happens to the connection, nothing is lost and nothing comes twice:',
  {
    concurrency: CONCURRENCY,
  },
  () => {
    let aws: LocalAws;
    before(async () => {
      aws = await startLocalAws();
    });
    after(() => aws.close());

    for (const cell of allCells()) {
      const name = cellName(cell);
      it(name, (t) =>
        seeded((random) => runCell(t, aws, cell, random)).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${reproduction(name)}`, { cause: error });
        }),
      );
    }
  },
);

function reproduction(name: string): string {
  return `TEST_SEED=<the seed above> node build/with-runtime.mjs --test --test-name-pattern="${name}" test/resilience/fault-matrix.test.ts`;
}

interface Running {
  readonly cell: Cell;
  readonly exchange: Exchange;
  readonly client: SessionClient;
  readonly session: LocalSession;
}

async function runCell(t: TestContext, aws: LocalAws, cell: Cell, random: Random): Promise<void> {
  const exchange = chooseExchange(cell, random);
  const plan = planFault(cell, exchange, random);
  const isInMiddle = chooseMiddle(cell, exchange, random);
  const conversation = await prepareConversation(t, cell.kind, exchange);
  const running = await startRunning(t, aws, cell, exchange, plan, conversation, random);
  const { client, session } = running;
  try {
    const struck = { client, session };
    const opening = conversation.open(client);
    if (plan.strikesAt === 'start') {
      if (conversation.canBeginEarly) {
        await opening;
        conversation.begin();
      }
      await Promise.all([plan.strike(struck), opening]);
      if (!conversation.canBeginEarly) conversation.begin();
    } else {
      await opening;
      if (cell.traffic !== 'idle') conversation.begin();
      // The middle may be right at the beginning, but there has to be a connection to lose.
      await session.until(
        'the middle of the traffic',
        (target) => target.clientConnected && isInMiddle(target),
      );
      await plan.strike(struck);
      if (cell.traffic === 'idle') conversation.begin();
    }
    conversation.complete();
    await finish(running, await opening);
    plan.verify(struck);
  } catch (error) {
    throw new Error(`${String(error)}\n${client.log.join('\n')}`, { cause: error });
  }
}

async function startRunning(
  t: TestContext,
  aws: LocalAws,
  cell: Cell,
  exchange: Exchange,
  plan: FaultPlan,
  conversation: Conversation,
  random: Random,
): Promise<Running> {
  const { requested } = conversation;
  // Without encryption a shell has no handshake.
  const isEncrypted =
    cell.kind === 'shell' && (cell.fault === 'cut in the handshake' || random.chance(0.5));
  const dataKey = { plaintext: randomBytes(DATA_KEY_BYTES), cipherTextBlob: randomBytes(100) };
  const encryption: AgentEncryption = {
    kmsKeyId: 'alias/sessions',
    decryptDataKey(blob) {
      assert.deepEqual(blob, dataKey.cipherTextBlob);
      return dataKey.plaintext;
    },
  };
  const request = {
    Target: TARGET,
    ...(requested.document === undefined ? {} : { DocumentName: requested.document }),
    ...(requested.parameters === undefined ? {} : { Parameters: requested.parameters }),
  };
  const { SessionId } = await aws.startSession(request, {
    agent: { ...requested.agent, ...(isEncrypted ? { encryption } : {}) },
    faults: { cuts: plan.cuts },
  });
  const session = aws.session(SessionId);
  const client = startSessionClient(t, {
    aws,
    session,
    random,
    interactive: cell.kind === 'shell',
    dataKey,
  });
  return { cell, exchange, client, session };
}

/** U+FFFD, of which the agent passes only the first byte in a terminal's output. */
const REPLACEMENT = Buffer.from('\ufffd');

/** Content that arrives unchanged through any kind of session. */
function passable(random: Random, bytes: number): Content {
  for (;;) {
    const content = { seed: random.below(2 ** 31), bytes };
    if (!bytesOf(content).includes(REPLACEMENT)) return content;
  }
}

function chooseExchange({ traffic }: Cell, random: Random): Exchange {
  const size = (isBulk: boolean): number => {
    const { least, most } = isBulk ? BULK_BYTES : SMALL_BYTES;
    return random.between(least, most);
  };
  return {
    up: {
      seed: random.below(2 ** 31),
      bytes: size(traffic === 'bulk up' || traffic === 'bulk both ways'),
    },
    down: passable(random, size(traffic === 'bulk down' || traffic === 'bulk both ways')),
  };
}

/** Waits for the end of the exchange and of the session, and looks at what is left of them. */
async function finish(running: Running, answer: Answer): Promise<void> {
  const { cell, client } = running;
  const { terminalModes } = client;
  if (cell.fault === 'empty token on resume') await finishDisconnected(running, answer);
  else await finishWhole(running, answer);
  assert.deepEqual(
    terminalModes.filter((mode, index) => mode !== terminalModes[index - 1]),
    cell.kind === 'shell' ? ['raw', 'restored'] : [],
    'the terminal is given back',
  );
}

async function finishWhole(running: Running, answer: Answer): Promise<void> {
  const { cell, exchange, client, session } = running;
  const reader = createAnswerReader(exchange);
  const length = reader.missing;
  await answer.until('the whole answer', () => answer.bytes.length >= length);
  reader.push(answer.bytes.subarray(0, length));
  reader.verify();
  const exiting = `\n\nExiting session with sessionId: ${session.sessionId}.\n\n`;
  if (cell.kind === 'mux') await answer.until('the end', () => false).catch(() => undefined);
  if (cell.kind === 'mux' || cell.kind === 'basic') client.signal('SIGINT');
  assert.equal(await exitOf(client), 0, 'exit status');
  await session.closed;
  switch (cell.kind) {
    case 'shell':
      assert.equal(answer.text.slice(answer.bytes.toString('utf8', 0, length).length), exiting);
      break;
    case 'stdio':
      assert.equal(answer.bytes.length, length, 'nothing behind the last byte of the target');
      break;
    case 'mux':
    case 'basic':
      assert.equal(answer.bytes.length, length, 'nothing behind the last byte of the target');
      assert.ok(client.stdout.text.endsWith(`Terminate signal received, exiting.\n${exiting}`));
  }
  if (cell.kind !== 'mux') {
    const sent = headOf(exchange).length + exchange.up.bytes;
    assert.equal(session.record.inputBytes, sent, 'bytes that reached the target');
  }
}

/** The service has ended the session: what has arrived is the beginning of the content. */
async function finishDisconnected(running: Running, answer: Answer): Promise<void> {
  const { cell, exchange, client, session } = running;
  assert.equal(await exitOf(client), 1, 'exit status');
  const timedOut = `Session: ${session.sessionId} timed out.\n`;
  // Before the session has begun, it is unknown that stdout is its data, and texts go there.
  const hasBegun = client.log.some((line) => line.includes('the session has started'));
  const isData = cell.kind === 'stdio' && hasBegun;
  const said = isData ? client.stderr : client.stdout;
  assert.ok(said.text.endsWith(timedOut), `nothing about the end in: ${said.text.slice(-300)}`);
  const isReported = cell.kind === 'shell' || (cell.kind === 'stdio' && !hasBegun);
  const received = isReported ? answer.bytes.subarray(0, -timedOut.length) : answer.bytes;
  const sent = bytesOf(exchange.down);
  const compared = Math.min(received.length, sent.length);
  assert.ok(
    received.subarray(0, compared).equals(sent.subarray(0, compared)),
    'what came is not what was sent',
  );
}

function exitOf(client: SessionClient): Promise<number> {
  return withDeadline('the end of the session', client.exited, () => client.stderr.text);
}
