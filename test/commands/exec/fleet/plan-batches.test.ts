import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  nextBatch,
  type Batch,
  type FleetLimits,
} from '../../../../src/commands/exec/fleet/batches/plan-batches.ts';
import type { Machine } from '../../../../src/commands/exec/fleet/machine.ts';
import { seeded, type Random } from '../../../support/random.ts';

/** Fleets that each test tries. */
const CASES = 100;

/** Runs all machines in memory: each batch as AWS runs a command, in random order. */
function runAll(
  random: Random,
  machines: readonly Machine[],
  limits: FleetLimits,
  failing: ReadonlySet<string>,
): { readonly ran: readonly string[]; readonly most: number; readonly errors: number } {
  const batches: { batch: Batch; queue: Machine[]; running: Machine[]; failed: number }[] = [];
  const ran: string[] = [];
  let waiting = [...machines];
  let errors = 0;
  let most = 0;
  for (;;) {
    for (;;) {
      const running = batches
        .map(({ batch, queue, running: now }) => ({
          concurrency: batch.concurrency,
          open: queue.length + now.length,
        }))
        .filter(({ open }) => open > 0);
      const progress = { total: machines.length, waiting, running, errors };
      const batch = nextBatch(progress, limits);
      if (batch === undefined) break;
      assert.ok(batch.machines.length <= 50);
      assert.equal(new Set(batch.machines.map(({ isWindows }) => isWindows)).size, 1);
      waiting = waiting.filter((machine) => !batch.machines.includes(machine));
      batches.push({ batch, queue: [...batch.machines], running: [], failed: 0 });
    }
    for (const one of batches) {
      // What AWS does: no further machine begins when more have failed than may.
      if (one.failed > one.batch.maxErrors) one.queue = [];
      while (one.running.length < one.batch.concurrency) {
        const next = one.queue.shift();
        if (next === undefined) break;
        one.running.push(next);
        ran.push(next.id);
      }
    }
    const active = batches.filter(({ running }) => running.length > 0);
    most = Math.max(
      most,
      active.reduce((sum, { running }) => sum + running.length, 0),
    );
    const one = active[random.below(Math.max(1, active.length))];
    if (one === undefined) return { ran, most, errors };
    const [ended] = one.running.splice(random.below(one.running.length), 1);
    if (ended === undefined || !failing.has(ended.id)) continue;
    errors++;
    one.failed++;
  }
}

function machinesOf(random: Random, count: number): readonly Machine[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `i-${i}`,
    name: `web-${i}`,
    isWindows: random.chance(0.3),
  }));
}

describe('the batches of a fleet', () => {
  it('reach every machine once, and never more at once than the concurrency', () =>
    seeded((random) => {
      for (let n = 0; n < CASES; n++) {
        const machines = machinesOf(random, random.between(1, 400));
        const concurrency = random.between(1, 250);
        const limits = { concurrency, maxErrors: machines.length };
        const { ran, most } = runAll(random, machines, limits, new Set());
        assert.deepEqual([...ran].sort(), machines.map(({ id }) => id).sort());
        assert.ok(most <= concurrency, `${most} of ${concurrency}`);
      }
    }));

  it('use at least half of the concurrency while machines wait', () =>
    seeded((random) => {
      for (let n = 0; n < CASES; n++) {
        const machines = machinesOf(random, 300).map((one) => ({ ...one, isWindows: false }));
        const concurrency = random.between(1, 100);
        const { most } = runAll(random, machines, { concurrency, maxErrors: 300 }, new Set());
        assert.ok(most * 2 >= concurrency, `${most} of ${concurrency}`);
      }
    }));

  it('end after the last allowed error, as one command would', () =>
    seeded((random) => {
      for (let n = 0; n < CASES; n++) {
        const machines = machinesOf(random, random.between(1, 300));
        const failing = new Set(machines.filter(() => random.chance(0.3)).map(({ id }) => id));
        const limits = { concurrency: 1, maxErrors: random.between(0, machines.length - 1) };
        const { ran, errors } = runAll(random, machines, limits, failing);
        const allowed = Math.min(failing.size, limits.maxErrors + 1);
        assert.equal(errors, allowed);
        if (failing.size <= limits.maxErrors) assert.equal(ran.length, machines.length);
      }
    }));
});
