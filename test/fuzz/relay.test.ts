import assert from 'node:assert/strict';
import { it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';
import { decodeLine } from '../../src/relay/protocol/decode-line.ts';
import type { RelayFrame } from '../../src/relay/protocol/frames.ts';
import { readFrames } from '../../src/relay/protocol/read-frames.ts';
import { createTunnel } from '../../src/relay/protocol/tunnel.ts';
import { idleHost, TEST_NONCE } from '../relay/support/idle-host.ts';
import { naiveFrames, naiveLine, type NaiveFrame } from '../relay/support/naive-codec.ts';
import type { Random } from '../support/random.ts';
import { FUZZ_CASES, fuzz } from './support/cases.ts';
import { mutateBytes } from './support/mutations.ts';

const HELLO = Buffer.concat([
  Buffer.from([1, 0]),
  TEST_NONCE,
  Buffer.from([4, 0]),
  Buffer.from(' x'),
]);

/** Payloads that are long enough, mostly, for each type. */
const LENGTHS = [0, 1, 4, 6, 8, 9, 21, 40, 300] as const;

function frame(type: number, id: number, payload: Buffer): Buffer {
  const header = Buffer.from([type, 0, payload.length >> 8, payload.length & 0xff, 0, 0, 0, id]);
  return Buffer.concat([header, payload]);
}

function randomFrame(random: Random): Buffer {
  const payload = random.bytes(random.pick(LENGTHS));
  // Windows and ids of listeners are small numbers mostly.
  if (random.chance(0.7)) payload.fill(0, 0, Math.min(payload.length, 3));
  if (random.chance(0.1)) return frame(1, 0, HELLO);
  return frame(random.between(1, 11), random.below(8), payload);
}

function randomLine(random: Random): Buffer {
  const frames = Array.from({ length: random.between(1, 4) }, () => randomFrame(random));
  const whole = Buffer.concat(frames);
  const bytes = random.chance(0.3) ? mutateBytes(whole, random) : whole;
  const isPacked = random.chance(0.2);
  const text = (isPacked ? deflateSync(bytes) : bytes).toString('base64');
  const line = Buffer.from(`${isPacked ? 'z' : 'b'}${text}`);
  return random.chance(0.1) ? mutateBytes(line, random) : line;
}

const KINDS: Readonly<Record<RelayFrame['type'], number>> = {
  hello: 1,
  accept: 3,
  opened: 4,
  data: 5,
  window: 6,
  end: 7,
  reset: 8,
  pong: 10,
};

/** What both readers report of a frame. */
function summary(line: Buffer): readonly string[] | undefined {
  try {
    return readFrames(decodeLine(line)).map((read) => {
      const id = 'id' in read ? read.id : 0;
      return `${KINDS[read.type]} ${id}${read.type === 'data' ? ` ${read.bytes.toString('hex')}` : ''}`;
    });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}

const naiveSummary = ({ type, id, payload }: NaiveFrame): string =>
  `${type} ${id}${type === 5 ? ` ${payload}` : ''}`;

it('a line of a relay means the same as to a reader that follows the tables, or is refused by both', () =>
  fuzz(randomLine, (line) => {
    assert.deepEqual(summary(line), naiveLine(line.toString('latin1'))?.map(naiveSummary));
  }));

it('a tunnel takes any lines, or ends: with whole frames to send, and without streams after its end', () =>
  fuzz(
    (random) => Array.from({ length: random.between(1, 12) }, () => randomLine(random)),
    (lines, random) => {
      let failures = 0;
      const tunnel = createTunnel(
        idleHost((error) => {
          assert.ok(error instanceof ProtocolError);
          failures += 1;
        }),
      );
      const handlers = {
        opened: () => undefined,
        data: () => undefined,
        end: () => undefined,
        reset: () => undefined,
        drain: () => undefined,
      };
      const sent: Buffer[] = [];
      const send = (): void => {
        const limit = random.between(16, 4000);
        for (let bytes = tunnel.next(limit); bytes !== undefined; bytes = tunnel.next(limit)) {
          sent.push(bytes);
        }
      };
      const where = { kind: 'tcp', address: 'host', port: 1 } as const;
      tunnel.open(where, handlers)?.write(random.bytes(random.below(6000)));
      tunnel.listen(where, handlers, (connection) => connection.accept(handlers));
      tunnel.receive(Buffer.from(`b${frame(1, 0, HELLO).toString('base64')}`));
      for (const line of lines) {
        tunnel.receive(line);
        if (random.chance(0.5)) send();
      }
      send();
      assert.ok(failures <= 1);
      if (failures === 1) assert.equal(tunnel.streams(), 0);
      assert.ok(naiveFrames([...Buffer.concat(sent)]));
    },
    FUZZ_CASES / 10,
  ));
