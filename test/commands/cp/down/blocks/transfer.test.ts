import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_REQUESTED_BYTES } from '../../../../../src/commands/cp/down/blocks/request-window.ts';
import {
  createTransfer,
  type Transfer,
} from '../../../../../src/commands/cp/down/blocks/transfer.ts';
import { copyOver } from '../support/virtual-line.ts';

const MB = 1e6;

function transferOf(size: number, limitRate?: number): Transfer {
  return createTransfer({
    source: { kind: 'file', size },
    from: 0,
    canCompress: false,
    limitRate,
  });
}

describe('the requests of a copy', () => {
  it('keep a fast target busy, with at most 4 MiB on their way', () => {
    const size = 64 * MB;
    // The agent's 12 MB/s of data, from another continent.
    const { seconds, mostWaiting } = copyOver(transferOf(size), size, {
      bytesPerSecond: 16 * MB,
      roundTripMs: 150,
    });
    assert.ok(seconds < (size / (12 * MB)) * 1.15, `${seconds} s`);
    assert.ok(mostWaiting <= MAX_REQUESTED_BYTES);
    assert.ok(mostWaiting > MAX_REQUESTED_BYTES / 2);
  });

  it('use all of a slow line, and fill no more than some 2 s of it', () => {
    const size = 8 * MB;
    const { seconds, longestMs } = copyOver(transferOf(size), size, {
      bytesPerSecond: 1 * MB,
      roundTripMs: 200,
    });
    const least = (size * 4) / 3 / MB;
    assert.ok(seconds < least * 1.05, `${seconds} s`);
    assert.ok(longestMs < 2000, `${longestMs} ms`);
  });

  it('are small on a very slow line', () => {
    const size = 1 * MB;
    const { seconds, mostWaiting } = copyOver(transferOf(size), size, {
      bytesPerSecond: 20_000,
      roundTripMs: 300,
    });
    assert.ok(seconds < ((size * 4) / 3 / 20_000) * 1.1, `${seconds} s`);
    assert.ok(mostWaiting <= 1 * MB, `${mostWaiting}`);
  });

  it('wait for what reads here', () => {
    const size = 32 * MB;
    const { seconds, mostWaiting } = copyOver(transferOf(size), size, {
      bytesPerSecond: 16 * MB,
      roundTripMs: 50,
      writtenPerSecond: 0.5 * MB,
    });
    assert.ok(seconds < 66, `${seconds} s`);
    assert.ok(mostWaiting <= MAX_REQUESTED_BYTES);
  });

  it('stay below the messages that the service takes, once a connection was cut', () => {
    const size = 8 * MB;
    const transfer = transferOf(size);
    transfer.slowDown();
    const { seconds, mostMessages } = copyOver(transfer, size, {
      bytesPerSecond: 16 * MB,
      roundTripMs: 80,
      sessions: [0, 1, 2, 3],
    });
    assert.ok(mostMessages <= 950, `${mostMessages} messages`);
    assert.ok(seconds < (size / (4 * 0.69 * MB)) * 1.1, `${seconds} s`);
  });

  it('stay below a rate that is set', () => {
    for (const rate of [100_000, 3 * MB]) {
      const size = rate * 10;
      const { seconds } = copyOver(transferOf(size, rate), size, {
        bytesPerSecond: 16 * MB,
        roundTripMs: 20,
      });
      assert.ok(seconds > 9.4 && seconds < 10.5, `${seconds} s`);
    }
  });

  it('are for less at a time after the target has stopped', () => {
    const size = 64 * MB;
    const transfer = transferOf(size);
    transfer.ask([0], 0);
    transfer.stopped();
    transfer.released(0);
    const { mostWaiting } = copyOver(transfer, size, { bytesPerSecond: 16 * MB, roundTripMs: 150 });
    assert.ok(mostWaiting <= MAX_REQUESTED_BYTES / 8, `${mostWaiting}`);
  });
});
