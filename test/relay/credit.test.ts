import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCreditLimit } from '../../src/relay/protocol/credit-limit.ts';
import { createCredit } from '../../src/relay/protocol/credit.ts';
import {
  FRAME_COST_BYTES,
  FRAME_HEADER_BYTES,
  FrameType,
  MAX_CREDIT_BYTES,
  MAX_DATA_BYTES,
  MIN_CREDIT_BYTES,
} from '../../src/relay/protocol/frames.ts';
import { pingFrame } from '../../src/relay/protocol/write-frames.ts';
import { UNPACED } from './support/idle-host.ts';

/** A way to the client: bytes a millisecond, and milliseconds in each direction. */
interface Way {
  readonly rate: number;
  readonly delay: number;
}

interface Download {
  /** Milliseconds that frames waited for those before them, at most, and bytes that came, both in the last second. */
  readonly waited: number;
  readonly received: number;
  /** Bytes that were on their way at once, at most. */
  readonly inFlight: number;
}

const SECOND_MS = 1000;

/** A relay that always has data, and a client that grants credit, for some seconds. */
function download(way: (time: number) => Way, seconds: number, isSending = false): Download {
  const events: { readonly at: number; readonly run: () => void }[] = [];
  let time = 0;
  let isFreeAt = 0;
  let given = MIN_CREDIT_BYTES;
  let waited = 0;
  let received = 0;
  let inFlight = 0;
  let now = 0;
  const at = (moment: number, run: () => void): void => {
    const before = events.findIndex((event) => event.at > moment);
    events.splice(before === -1 ? events.length : before, 0, { at: moment, run });
  };
  const isLast = (): boolean => time >= (seconds - 1) * SECOND_MS;
  const transmit = (bytes: number, run: () => void): void => {
    const { rate, delay } = way(time);
    if (isLast()) waited = Math.max(waited, isFreeAt - time);
    isFreeAt = Math.max(isFreeAt, time) + bytes / rate;
    at(isFreeAt + delay, run);
  };
  const sendData = (): void => {
    while (given > FRAME_COST_BYTES) {
      const bytes = Math.min(MAX_DATA_BYTES, given - FRAME_COST_BYTES);
      given -= bytes + FRAME_COST_BYTES;
      now += bytes;
      inFlight = Math.max(inFlight, now);
      transmit(bytes, () => {
        now -= bytes;
        if (isLast()) received += bytes;
        credit.received(bytes);
      });
    }
  };
  const send = (frame: Buffer): void =>
    at(time + way(time).delay, () => {
      const payload = frame.subarray(FRAME_HEADER_BYTES);
      if (frame[0] === FrameType.Window) given += payload.readUInt32BE(0);
      else transmit(payload.length, () => assert.ok(credit.ponged(payload)));
      sendData();
    });
  const limit = createCreditLimit({
    now: () => time,
    isSending: () => isSending,
    ping: (token) => send(pingFrame(token)),
  });
  const credit = createCredit(send, UNPACED, limit);
  sendData();
  for (let next = events.shift(); next && next.at < seconds * SECOND_MS; next = events.shift()) {
    time = next.at;
    next.run();
  }
  return { waited, received, inFlight };
}

describe('credit', () => {
  for (const [name, way] of Object.entries({
    'a near target': { rate: 8_000, delay: 1 },
    'a target of another continent': { rate: 12_000, delay: 75 },
    'a fast one': { rate: 60_000, delay: 20 },
  })) {
    it(`uses the whole way to ${name}, and keeps no long queue in it`, () => {
      const { waited, received } = download(() => way, 8);
      const possible = way.rate * SECOND_MS;
      assert.ok(received > possible * 0.9, `${received} of ${possible} bytes`);
      assert.ok(waited < 20 + way.delay / 2, `${waited} ms`);
    });
  }

  it('permits no more on an endless way than the agent keeps', () => {
    const { inFlight } = download(() => ({ rate: 1e6, delay: 150 }), 20);
    assert.ok(inFlight <= MAX_CREDIT_BYTES);
    assert.ok(inFlight > MAX_CREDIT_BYTES * 0.9, `${inFlight} bytes`);
  });

  it('learns that the way has become longer', () => {
    const longer = (time: number): Way => ({ rate: 8_000, delay: time < 3000 ? 1 : 50 });
    const { received } = download(longer, 25);
    assert.ok(received > 8_000 * SECOND_MS * 0.9, `${received} bytes`);
  });

  it('is not reduced while a PING waits for data that is sent before it', () => {
    const slow = (time: number): Way => ({ rate: 8_000, delay: time < 1000 ? 20 : 50 });
    const { received } = download(slow, 8, true);
    assert.ok(received > 8_000 * SECOND_MS * 0.5, `${received} bytes`);
  });

  it('leaves other PONGs to others', () => {
    const host = { now: () => 0, isSending: () => false, ping: () => undefined };
    assert.equal(createCreditLimit(host).ponged(Buffer.alloc(8)), false);
  });
});
