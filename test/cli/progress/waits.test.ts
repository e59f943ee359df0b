import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWaits, type Waits } from '../../../src/cli/progress/waits.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

const SSM = { name: 'Systems Manager in eu-west-1', place: 'ssm.eu-west-1.amazonaws.com' };
const EC2 = { name: 'EC2 in eu-west-1', place: 'ec2.eu-west-1.amazonaws.com' };

interface Setup {
  readonly clock: VirtualClock;
  readonly waits: Waits;
  /** What was shown since the last call: `Systems Manager… 1`, or `-` when it was removed. */
  readonly shown: () => readonly string[];
}

function setUp(): Setup {
  const clock = createVirtualClock();
  let shown: string[] = [];
  const waits = createWaits(clock, (wait) =>
    shown.push(wait === undefined ? '-' : `${wait.subject.name} ${wait.seconds}`),
  );
  return {
    clock,
    waits,
    shown() {
      const now = shown;
      shown = [];
      return now;
    },
  };
}

describe('the waits of a command', () => {
  it('show nothing of an answer that comes within a second', () => {
    const { clock, waits, shown } = setUp();
    const end = waits.report(SSM);
    clock.advance(999);
    end();
    clock.advance(10_000);
    assert.deepEqual(shown(), []);
    assert.equal(clock.pending, 0);
  });

  it('count the seconds of a longer one until its answer comes', () => {
    const { clock, waits, shown } = setUp();
    const end = waits.report(SSM);
    clock.advance(1_000);
    assert.deepEqual(shown(), [`${SSM.name} 1`]);
    clock.advance(2_500);
    assert.deepEqual(shown(), [`${SSM.name} 2`, `${SSM.name} 3`]);
    end();
    assert.deepEqual(shown(), ['-']);
    clock.advance(10_000);
    assert.deepEqual(shown(), []);
    assert.equal(clock.pending, 0);
  });

  it('show the one that began first, then the next', () => {
    const { clock, waits, shown } = setUp();
    const endFirst = waits.report(SSM);
    clock.advance(1_500);
    const endSecond = waits.report(EC2);
    clock.advance(2_000);
    assert.equal(shown().at(-1), `${SSM.name} 3`);
    endFirst();
    assert.deepEqual(shown(), [`${EC2.name} 2`]);
    endSecond();
    assert.deepEqual(shown(), ['-']);
  });

  it('count one that goes on after a failed attempt from its beginning', () => {
    const { clock, waits, shown } = setUp();
    const since = clock.monotonic();
    waits.report(SSM, since)();
    clock.advance(4_000);
    waits.report(SSM, since);
    assert.deepEqual(shown(), [`${SSM.name} 4`]);
  });

  it('are discarded when they are abandoned, whether or not they are answered', () => {
    const { clock, waits, shown } = setUp();
    const end = waits.report(EC2);
    clock.advance(1_000);
    waits.abandon();
    assert.deepEqual(shown(), [`${EC2.name} 1`, '-']);
    clock.advance(5_000);
    end();
    assert.deepEqual(shown(), []);
  });

  it('are not shown while a question has the terminal, and begin anew after it', () => {
    const { clock, waits, shown } = setUp();
    waits.report(SSM);
    clock.advance(1_000);
    const resume = waits.pause();
    assert.deepEqual(shown(), [`${SSM.name} 1`, '-']);
    clock.advance(60_000);
    resume();
    clock.advance(999);
    assert.deepEqual(shown(), []);
    clock.advance(1);
    assert.deepEqual(shown(), [`${SSM.name} 1`]);
  });

  it('are shown elsewhere for as long as they are diverted', () => {
    const { clock, waits, shown } = setUp();
    const elsewhere: unknown[] = [];
    waits.report(SSM);
    clock.advance(1_000);
    const restore = waits.divert((wait) => elsewhere.push(wait?.seconds));
    assert.deepEqual(shown(), [`${SSM.name} 1`, '-']);
    clock.advance(1_000);
    assert.deepEqual(elsewhere, [1, 2]);
    restore();
    assert.deepEqual(elsewhere, [1, 2, undefined]);
    assert.deepEqual(shown(), [`${SSM.name} 2`]);
  });

  it('read an answer that came while the program was busy before anything is shown', () => {
    const { clock, waits, shown } = setUp();
    const end = waits.report(SSM);
    // The program does nothing else for that long, then it reads the answer, then come the timers.
    clock.after(1_000, end);
    clock.skip(5_000);
    assert.deepEqual(shown(), []);
  });
});
