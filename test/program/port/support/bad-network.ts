import assert from 'node:assert/strict';
import type { AgentOptions, Cut, DirectionFaults, Faults } from '../../../local-aws/local-aws.ts';
import type { SessionRecord } from '../../../local-aws/session/session-record.ts';
import type { Random } from '../../../support/random.ts';

/** Payload bytes that a session is expected to transfer: it limits where a cut may be. */
export interface Traffic {
  readonly up: number;
  readonly down: number;
}

/** A kind of network trouble, and the proof that a session had it. */
export interface BadNetwork {
  readonly name: string;
  faults(random: Random, traffic: Traffic): Faults;
  /** Throws when the session had too little trouble. */
  assertFelt(faults: Faults, record: Readonly<SessionRecord>): void;
}

/** How a test sets up the local target for a bad network. */
export interface BadNetworkWish {
  readonly faults: Faults;
  readonly agent: AgentOptions;
}

const LOSSY: DirectionFaults = { loss: 0.05, duplication: 0.05, reordering: 0.05 };
const CUTS = 4;
/** After upgrade and handshake, which have tests of their own. */
const FIRST_CUT_BYTES = 4_000;
const MESSAGE_PAYLOAD_BYTES = 1024;
const FRAME_BYTES = 1144;
/** Of an acknowledgement; there is one for each message the other way. */
const ACKNOWLEDGEMENT_BYTES = 300;

/**
 * The agent checks its oldest message ten times as often as the real one, which repairs at most one loss
 * each time. So a download with hundreds of losses takes seconds.
 */
export const EAGER_AGENT: AgentOptions = { resendInterval: 10 };

/** Of twenty frames one is lost, one is duplicated and one is late: both ways. */
export const LOSS: BadNetwork = {
  name: '5 % loss, duplication and reordering',
  faults: (random) => ({ seed: random.below(1 << 30), toClient: LOSSY, toAgent: LOSSY }),
  assertFelt(_, record) {
    assert.ok(record.resent + record.receivedAgain > 0, 'nothing was sent again');
    assert.ok(record.invalid === 0, 'the agent was sent what it cannot read');
  },
};

/** The socket is cut in the middle of a transfer, and the session resumed, several times. */
export const CUT_SOCKETS: BadNetwork = {
  name: 'cut sockets',
  faults(random, traffic) {
    const cuts = Array.from({ length: CUTS }, (_, index) => {
      const direction = index % 2 === 0 ? 'to-agent' : 'to-client';
      // Together they are well below the bytes that the session transfers.
      const furthest = wireBytes(direction, traffic) / (2 * CUTS);
      const afterBytes = random.between(FIRST_CUT_BYTES, Math.max(FIRST_CUT_BYTES, furthest | 0));
      return { direction, afterBytes } satisfies Cut;
    });
    return { seed: random.below(1 << 30), cuts };
  },
  assertFelt(faults, record) {
    const cuts = faults.cuts?.length ?? 0;
    assert.equal(record.connections.length, cuts + 1, 'connections, the last one not cut');
    assert.equal(record.resumeCalls, cuts, 'calls of ResumeSession');
  },
};

function wireBytes(direction: Cut['direction'], { up, down }: Traffic): number {
  const [data, acknowledged] = direction === 'to-agent' ? [up, down] : [down, up];
  return (data * FRAME_BYTES + acknowledged * ACKNOWLEDGEMENT_BYTES) / MESSAGE_PAYLOAD_BYTES;
}

/** Both at once. */
export const LOSS_AND_CUTS: BadNetwork = {
  name: `${LOSS.name}, and ${CUT_SOCKETS.name}`,
  faults: (random, traffic) => ({
    ...LOSS.faults(random, traffic),
    ...CUT_SOCKETS.faults(random, traffic),
  }),
  assertFelt(faults, record) {
    LOSS.assertFelt(faults, record);
    CUT_SOCKETS.assertFelt(faults, record);
  },
};
