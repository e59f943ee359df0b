import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Invocation, InvocationPage } from '../../../../src/aws/run-command.ts';
import { AwsError } from '../../../../src/aws/sdk/aws-error.ts';
import {
  followBatches,
  type FleetRun,
} from '../../../../src/commands/exec/fleet/batches/follow-batches.ts';
import type { EndedMachine } from '../../../../src/commands/exec/fleet/batches/fleet-state.ts';
import type { Machine } from '../../../../src/commands/exec/fleet/machine.ts';
import { callFailures } from '../../../../src/failures/calls.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const PAGE = 50;
const SECOND_MS = 1_000;
/** A step of the virtual time, in which promises settle. */
const STEP_MS = 50;

function fleetOf(count: number): readonly Machine[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `i-${i}`,
    name: `web-${i}`,
    isWindows: false,
  }));
}

/** A service on a virtual clock, on whose machines commands run until they are ended. */
function setUp(count: number, concurrency: number) {
  const clock = createVirtualClock();
  const calls: number[] = [];
  const cancelled: string[] = [];
  const ended: EndedMachine[] = [];
  const failures: AwsError[] = [];
  const commands = new Map<string, Map<string, Invocation['state']>>();
  let throttled = 0;
  const list = (commandId: string, token: string | undefined): InvocationPage => {
    const all = [...(commands.get(commandId) ?? [])];
    const from = Number(token ?? 0);
    const page = all.slice(from, from + PAGE);
    return {
      invocations: page.map(([nodeId, state]) => ({ nodeId, state, output: '' })),
      nextToken: from + PAGE < all.length ? String(from + PAGE) : undefined,
    };
  };
  const run: FleetRun = {
    clock,
    random: { uniform: () => 0.5 },
    onFailure: (error) => void failures.push(error),
    machines: fleetOf(count),
    limits: { concurrency, maxErrors: count },
    calls: {
      invocations(commandId, token) {
        calls.push(clock.monotonic());
        if (throttled-- > 0) {
          return Promise.reject(new AwsError(callFailures.throttled('follow the command')));
        }
        return Promise.resolve(list(commandId, token));
      },
      hasCommandEnded: () => Promise.resolve(false),
      cancelCommand(commandId, nodeIds) {
        cancelled.push(...nodeIds);
        for (const id of nodeIds) {
          commands.get(commandId)?.set(id, { kind: 'unfinished', why: 'Cancelled' });
        }
        return Promise.resolve();
      },
    },
    send({ machines }) {
      const id = `command-${commands.size}`;
      commands.set(id, new Map(machines.map((machine) => [machine.id, { kind: 'running' }])));
      return Promise.resolve(id);
    },
    onEnd: (machine) => void ended.push(machine),
    onProgress: () => undefined,
  };
  const pass = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += STEP_MS) {
      clock.advance(STEP_MS);
      await new Promise(setImmediate);
    }
  };
  return {
    ...{ run, calls, cancelled, ended, failures, commands, pass },
    throttle: (times: number) => void (throttled = times),
    endAll: () => {
      for (const states of commands.values()) {
        for (const id of states.keys()) states.set(id, { kind: 'exited', status: 0 });
      }
    },
  };
}

/** The most calls in any second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + SECOND_MS).length),
  );
}

describe('a command on a fleet', () => {
  it('costs fewer than two calls a second on 1000 machines, also when all run at once', async () => {
    const { run, calls, ended, commands, pass, endAll } = setUp(1000, 1000);
    const fleet = followBatches(run);
    const waitMs = 600 * SECOND_MS;
    await pass(waitMs);
    assert.equal(commands.size, 20);
    assert.equal(fleet.open.length, 1000);
    assert.ok(mostInASecond(calls) <= 2);
    assert.ok(calls.length < (2 * waitMs) / SECOND_MS, `${calls.length} calls`);
    endAll();
    await pass(60 * SECOND_MS);
    await fleet.ended;
    assert.equal(ended.length, 1000);
  });

  it('is asked about less and less often while nothing changes', async () => {
    const { run, calls, pass, endAll } = setUp(10, 10);
    const fleet = followBatches(run);
    await pass(60 * SECOND_MS);
    const first = calls.filter((at) => at < 10 * SECOND_MS).length;
    const last = calls.filter((at) => at >= 50 * SECOND_MS).length;
    assert.ok(first > 3 && last === 2, `${first}, then ${last}`);
    endAll();
    await pass(10 * SECOND_MS);
    await fleet.ended;
  });

  it('survives that AWS throttles it, with longer and longer waits', async () => {
    const { run, calls, failures, pass, endAll, throttle } = setUp(3, 3);
    throttle(6);
    const fleet = followBatches(run);
    await pass(120 * SECOND_MS);
    endAll();
    await pass(10 * SECOND_MS);
    await fleet.ended;
    assert.equal(failures.length, 6);
    const gaps = calls.slice(1, 6).map((at, i) => at - (calls[i] ?? 0));
    assert.deepEqual(
      gaps,
      [...gaps].sort((a, b) => a - b),
    );
    assert.ok((gaps.at(-1) ?? 0) >= 16 * SECOND_MS);
  });

  it('is sent once, when AWS may have received it', async () => {
    const { run, pass } = setUp(3, 3);
    let sent = 0;
    const fleet = followBatches({
      ...run,
      send: () => {
        sent++;
        return Promise.reject(new AwsError(callFailures['service-silent']('run the command')));
      },
    });
    const failed = assert.rejects(fleet.ended, /did not answer in time/);
    await pass(60 * SECOND_MS);
    await failed;
    assert.equal(sent, 1);
  });

  it('is cancelled where it runs, and not sent to the others', async () => {
    const { run, cancelled, ended, commands, pass } = setUp(120, 50);
    const fleet = followBatches(run);
    await pass(5 * SECOND_MS);
    assert.equal(commands.size, 1);
    fleet.cancel();
    await pass(5 * SECOND_MS);
    await fleet.ended;
    assert.equal(cancelled.length, 50);
    const reasons = ended.map(({ end }) => (end.kind === 'unfinished' ? end.why : end.kind));
    assert.equal(reasons.filter((why) => why === 'NotSent').length, 70);
    assert.equal(reasons.filter((why) => why === 'Cancelled').length, 50);
    assert.equal(commands.size, 1);
  });
});
