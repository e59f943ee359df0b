import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmuxCommand, writeSmuxHeader } from '../../../../src/protocol/smux/smux-frame.ts';
import {
  createUploadScheduler,
  type UploadScheduler,
  type UploadSource,
} from '../../../../src/session/port/smux/upload-scheduler.ts';
import { OUTPUT_PAYLOAD_BYTES } from '../../../../src/session/session-type.ts';
import { seeded } from '../../../support/random.ts';
import { naiveDecode } from '../../../protocol/smux/naive-smux.ts';

const HEADER_BYTES = 8;

/** A stream with a number of bytes to send. */
function sourceOf(id: number, bytes: number): UploadSource {
  let waiting = bytes;
  return {
    pending() {
      return waiting > 0;
    },
    fill(target, offset) {
      const length = Math.min(waiting, target.length - offset - HEADER_BYTES);
      if (length <= 0) return offset;
      waiting -= length;
      const start = writeSmuxHeader(target, offset, SmuxCommand.Push, id, length);
      target.fill(id, start, start + length);
      return start + length;
    },
  };
}

/** Bytes of each stream in the next payload. */
function nextShares(scheduler: UploadScheduler): Map<number, number> {
  const shares = new Map<number, number>();
  const payload = scheduler.next();
  if (payload === undefined) return shares;
  assert.ok(payload.length <= OUTPUT_PAYLOAD_BYTES);
  const { frames, rest } = naiveDecode(payload.toString('latin1'));
  assert.equal(rest, '', 'a frame was cut');
  for (const { id, data } of frames) shares.set(id, (shares.get(id) ?? 0) + data.length);
  return shares;
}

describe('sharing payloads among connections', () => {
  it('returns nothing when nothing waits', () => {
    const scheduler = createUploadScheduler();
    assert.equal(scheduler.next(), undefined);
    scheduler.ready(sourceOf(3, 0));
    assert.equal(scheduler.next(), undefined);
  });

  it('a lone bulk upload fills every payload', () => {
    const scheduler = createUploadScheduler();
    scheduler.ready(sourceOf(3, 10 * 1016));
    for (let i = 0; i < 10; i++) assert.equal(scheduler.next()?.length, OUTPUT_PAYLOAD_BYTES);
    assert.equal(scheduler.next(), undefined);
  });

  it('small pieces of many connections share a payload', () => {
    const scheduler = createUploadScheduler();
    for (let id = 3; id < 23; id += 2) scheduler.ready(sourceOf(id, 50));
    assert.deepEqual([...nextShares(scheduler).values()], Array<number>(10).fill(50));
    assert.equal(scheduler.next(), undefined);
  });

  it('a 1 KB request beside a bulk upload is sent within three payloads', () => {
    const scheduler = createUploadScheduler();
    scheduler.ready(sourceOf(3, 1_000_000));
    scheduler.next();
    scheduler.ready(sourceOf(5, 1000));
    const sent = [nextShares(scheduler), nextShares(scheduler), nextShares(scheduler)];
    assert.equal(
      sent.reduce((sum, shares) => sum + (shares.get(5) ?? 0), 0),
      1000,
    );
  });

  it('with many bulk uploads a request waits for one payload of each', () => {
    const BULK = 20;
    const scheduler = createUploadScheduler();
    for (let i = 0; i < BULK; i++) scheduler.ready(sourceOf(3 + 2 * i, 1_000_000));
    scheduler.next();
    scheduler.ready(sourceOf(99, 500));
    let payloads = 1;
    while (!nextShares(scheduler).has(99)) payloads++;
    assert.ok(payloads <= BULK + 1, `${payloads} payloads`);
  });

  it('bulk uploads get equal shares', () => {
    const scheduler = createUploadScheduler();
    const ids = [3, 5, 7];
    for (const id of ids) scheduler.ready(sourceOf(id, 1_000_000));
    const total = new Map<number, number>();
    for (let i = 0; i < 300; i++) {
      for (const [id, bytes] of nextShares(scheduler)) {
        total.set(id, (total.get(id) ?? 0) + bytes);
      }
    }
    assert.deepEqual(
      ids.map((id) => total.get(id)),
      Array<number>(3).fill(100 * 1016),
    );
  });

  it('every byte of any mix goes out once, in payloads that are full while enough waits', () =>
    seeded((random) => {
      const scheduler = createUploadScheduler();
      const total = new Map<number, number>();
      let left = 0;
      for (let id = 3; id < 203; id += 2) {
        const bytes = random.pick([1, 8, 200, random.below(30_000)]) || 1;
        scheduler.ready(sourceOf(id, bytes));
        total.set(id, bytes);
        left += bytes;
      }
      while (left > 0) {
        const shares = nextShares(scheduler);
        const data = [...shares.values()].reduce((sum, bytes) => sum + bytes, 0);
        assert.ok(data > 0);
        const payload = data + HEADER_BYTES * shares.size;
        const full = payload >= OUTPUT_PAYLOAD_BYTES - HEADER_BYTES;
        assert.ok(full || data === left, `payload of ${payload} while ${left} wait`);
        left -= data;
        for (const [id, bytes] of shares) total.set(id, (total.get(id) ?? 0) - bytes);
      }
      assert.ok([...total.values()].every((bytes) => bytes === 0));
      assert.equal(scheduler.next(), undefined);
    }));
});
