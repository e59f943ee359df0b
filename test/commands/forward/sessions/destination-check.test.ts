import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckResult } from '../../../../src/cli/ports/forwarded-port.ts';
import {
  createDestinationCheck,
  type DestinationCheck,
} from '../../../../src/commands/forward/sessions/destination-check.ts';
import type { ProbeResult } from '../../../../src/session/port/listen/choose-session.ts';
import { createVirtualClock, type VirtualClock } from '../../../support/virtual-clock.ts';

interface Checked {
  readonly check: DestinationCheck;
  readonly clock: VirtualClock;
  /** Answers the probes, the oldest first. */
  readonly probes: ((result: ProbeResult) => void)[];
  readonly results: readonly CheckResult[];
}

function setUp(): Checked {
  const clock = createVirtualClock();
  const probes: ((result: ProbeResult) => void)[] = [];
  const results: CheckResult[] = [];
  const check = createDestinationCheck(
    { clock, random: () => 0, report: ({ result }) => void results.push(result) },
    (done) => void probes.push(done),
  );
  return { check, clock, probes, results };
}

describe('the check of a destination', () => {
  it('reports that it answers, once, and then leaves it alone', () => {
    const { check, clock, probes, results } = setUp();
    check.joined();
    assert.equal(probes.length, 1);
    probes[0]?.('connected');
    check.joined();
    assert.deepEqual(results, ['answers']);
    assert.equal(probes.length, 1);
    assert.equal(clock.pending, 0);
  });

  it('checks again after pauses that grow up to a minute, while it refuses', () => {
    const { check, clock, probes, results } = setUp();
    check.joined();
    for (const pause of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      const before = probes.length;
      probes.at(-1)?.('refused');
      clock.advance(pause - 1);
      assert.equal(probes.length, before);
      clock.advance(1);
      assert.equal(probes.length, before + 1);
    }
    probes.at(-1)?.('connected');
    assert.deepEqual(results, ['refused', 'answers']);
    assert.equal(clock.pending, 0);
  });

  it('reports no answer within ten seconds, and an answer that comes later', () => {
    const { check, clock, probes, results } = setUp();
    check.joined();
    clock.advance(9_999);
    assert.deepEqual(results, []);
    clock.advance(1);
    assert.deepEqual(results, ['silent']);
    clock.advance(110_000);
    probes[0]?.('refused');
    clock.advance(5_000);
    assert.equal(probes.length, 2);
    probes[1]?.('connected');
    assert.deepEqual(results, ['silent', 'refused', 'answers']);
  });

  it('begins anew with another session, and ignores the answer of the one that has ended', () => {
    const { check, clock, probes, results } = setUp();
    check.joined();
    check.left();
    assert.equal(clock.pending, 0);
    check.joined();
    probes[0]?.('refused');
    assert.deepEqual(results, []);
    probes[1]?.('connected');
    assert.deepEqual(results, ['answers']);
  });

  it('learns from the connections of local programs', () => {
    const { check, probes, results } = setUp();
    check.joined();
    probes[0]?.('connected');
    check.seen('refused');
    check.seen('refused');
    check.seen('answers');
    assert.deepEqual(results, ['answers', 'refused', 'answers']);
  });
});
