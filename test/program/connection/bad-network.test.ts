import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { chooseSeed, randomOf, withSeed, type Random } from '../../support/random.ts';
import type { Cut, DirectionFaults, Faults } from '../../local-aws/local-aws.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { hexadecimal, readBytes, READY } from '../support/remote-commands.ts';
import { interactiveCommand, openPipedSession } from '../support/target.ts';

const OUTPUT_BYTES = 60_000;
const INPUT_BYTES = 3_000;

const MESSY: DirectionFaults = {
  loss: 0.05,
  duplication: 0.05,
  reordering: 0.1,
  garbage: 0.05,
  truncation: 0.05,
  wrongDigest: 0.05,
  absurdHeaderLength: 0.05,
};

interface BadNetwork {
  readonly name: string;
  readonly faults: (seed: number) => Faults;
}

/** Cuts of the first connections, each at another byte. */
function cuts(seed: number, direction: Cut['direction'], most: number): Cut[] {
  const random = randomOf(seed);
  return Array.from({ length: 4 }, () => ({ direction, afterBytes: random.between(400, most) }));
}

const BAD_NETWORKS: readonly BadNetwork[] = [
  {
    name: 'that loses frames',
    faults: () => ({ toClient: { loss: 0.2 }, toAgent: { loss: 0.2 } }),
  },
  {
    name: 'that duplicates frames',
    faults: () => ({ toClient: { duplication: 0.5 }, toAgent: { duplication: 0.5 } }),
  },
  {
    name: 'that reorders frames',
    faults: () => ({ toClient: { reordering: 0.5 }, toAgent: { reordering: 0.5 } }),
  },
  { name: 'with all faults at once', faults: () => ({ toClient: MESSY, toAgent: MESSY }) },
  {
    name: 'that is cut again and again on the way to the client',
    faults: (seed) => ({ cuts: cuts(seed, 'to-client', 20_000) }),
  },
  {
    name: 'that is cut again and again on the way to the agent',
    faults: (seed) => ({ cuts: cuts(seed, 'to-agent', 4_000) }),
  },
];

describe('a shell over a network', () => {
  for (const { name, faults } of BAD_NETWORKS) {
    it(`${name} sends and receives every byte once`, (t) => {
      const seed = chooseSeed();
      return withSeed(seed, () => sendAndReceive(t, randomOf(seed), { ...faults(seed), seed }));
    });
  }
});

async function sendAndReceive(t: TestContext, random: Random, faults: Faults): Promise<void> {
  const content = random.bytes(OUTPUT_BYTES);
  const input = random.bytes(INPUT_BYTES);
  const file = join(temporaryDirectory(t), 'content');
  writeFileSync(file, content);
  const { program, session } = await openPipedSession(t, {
    ...interactiveCommand(`stty raw -echo; cat '${file}'; ${readBytes(input.length)}`),
    faults,
    agent: { resendInterval: 10 },
  });
  await program.stdout.until('the reader', (text) => text.endsWith(READY));
  program.stdin.write(input);
  assert.deepEqual(await program.end(), { status: 0, signal: null });
  const expected = Buffer.concat([
    Buffer.from(`\nStarting session with SessionId: ${session.sessionId}\n`),
    content,
    Buffer.from(`${READY}${hexadecimal(input)}\n`),
    Buffer.from(`\n\nExiting session with sessionId: ${session.sessionId}.\n\n`),
  ]);
  assert.ok(program.stdout.bytes.equals(expected), 'the output is whole and in order');
}
