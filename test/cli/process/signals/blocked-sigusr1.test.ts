import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deliverBlockedSigusr1 } from '../../../../src/cli/process/signals/blocked-sigusr1.ts';
import { createVirtualClock } from '../../../support/virtual-clock.ts';

const NOTHING = '0000000000000000';
const SIGUSR1 = '0000000000000200';

// As proc(5) describes it.
const statusOf = (blocked: string, pending: string): string =>
  `Name:\tnode\nSigPnd:\t${NOTHING}\nShdPnd:\t${pending}\nSigBlk:\t${blocked}\nSigIgn:\t${NOTHING}\n`;

function watch(status: () => string, platform: NodeJS.Platform = 'linux') {
  const clock = createVirtualClock();
  let emitted = 0;
  deliverBlockedSigusr1({ platform, emit: () => emitted++ }, status, clock);
  return { clock, emitted: () => emitted };
}

describe('SIGUSR1 that the runtime blocks', () => {
  it('reaches its listeners once, although it stays pending', () => {
    let pending = NOTHING;
    const { clock, emitted } = watch(() => statusOf(SIGUSR1, pending));
    clock.advance(60_000);
    assert.equal(emitted(), 0);
    pending = SIGUSR1;
    clock.advance(250);
    assert.equal(emitted(), 1);
    clock.advance(60_000);
    assert.equal(emitted(), 1);
    assert.equal(clock.pending, 0);
  });

  it('is not watched where the system delivers it, or shows nothing', () => {
    for (const { clock, emitted } of [
      watch(() => statusOf(NOTHING, SIGUSR1)),
      watch(() => statusOf(SIGUSR1, SIGUSR1), 'darwin'),
      watch(() => {
        throw new Error('ENOENT');
      }),
    ]) {
      clock.advance(1_000);
      assert.equal(clock.pending, 0);
      assert.equal(emitted(), 0);
    }
  });

  it('is looked for a quarter of a second after the start, which reads nothing', () => {
    let reads = 0;
    const { clock } = watch(() => {
      reads++;
      return statusOf(SIGUSR1, NOTHING);
    });
    assert.equal(reads, 0);
    clock.advance(250);
    assert.equal(reads, 1);
  });
});
