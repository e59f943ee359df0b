import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { helloFrame, openFrame } from '../../src/relay/protocol/write-frames.ts';
import { PERL_SOURCE, PYTHON_SOURCE } from '../../src/relay/sources.ts';
import { mutateBytes } from '../fuzz/support/mutations.ts';
import { spawnSync } from '../support/child-process.ts';
import { seeded, type Random } from '../support/random.ts';
import { needs } from '../support/require-tools.ts';
import { DASH } from '../support/tools.ts';
import { naiveLine } from './support/naive-codec.ts';
import { PERL, PYTHON3, RELAY_LANGUAGES } from './support/relay-process.ts';

const CASES = 20;
/** KiB of address space. The threads of Python take most of it. */
const MEMORY_KIB = 400_000;
const TIMEOUT_MS = 20_000;

const HELLO = helloFrame(Buffer.alloc(16, 7), 65_536);

const COMMANDS = {
  perl: ['perl', '-e', PERL_SOURCE],
  python: ['python3', '-c', PYTHON_SOURCE],
} as const;

/** None of them leaves this machine. */
const ADDRESSES = [
  '127.0.0.1',
  '::1',
  '/no/such/socket',
  'localhost',
  'x'.repeat(200),
  '\0',
] as const;

function randomOpen(id: number, random: Random): Buffer {
  const kind = random.pick(['tcp', 'unix', 'udp', 'listener'] as const);
  const port = random.pick([0, 1, 65_535] as const);
  return openFrame(id, random.below(300_000), { kind, address: random.pick(ADDRESSES), port });
}

/** Frames of a client that sends nearly what it may, and at times anything. */
function randomInput(random: Random): Buffer {
  let opened = -1;
  const frames = Array.from({ length: random.between(1, 200) }, () => {
    if (random.chance(0.3)) {
      opened += 2;
      return randomOpen(opened, random);
    }
    const type = random.pick([4, 5, 5, 5, 6, 7, 8, 9] as const);
    const length = { 4: 6, 5: random.below(3000), 6: 4, 7: 0, 8: 1, 9: 8 }[type];
    const id = type === 9 ? 0 : Math.max(0, opened - 2 * random.below(5));
    const header = [type, 0, length >> 8, length & 0xff, id >>> 24, id >>> 16, id >>> 8, id];
    const frame = Buffer.concat([Buffer.from(header), Buffer.alloc(length)]);
    return random.chance(0.005) ? mutateBytes(frame, random) : frame;
  });
  return Buffer.concat([HELLO, ...frames]);
}

for (const { name, tool } of RELAY_LANGUAGES) {
  describe(`the relay in ${name}, of a hostile client`, needs(DASH, PERL, PYTHON3, tool), () => {
    const run = (input: Buffer): readonly string[] => {
      const script = `ulimit -v ${MEMORY_KIB}; exec "$0" "$@"`;
      const { status, stdout, stderr, error } = spawnSync('sh', ['-c', script, ...COMMANDS[name]], {
        input,
        encoding: 'latin1',
        timeout: TIMEOUT_MS,
        maxBuffer: 64 * 1024 * 1024,
      });
      // It may end while there is still input.
      if (error !== undefined) assert.match(error.message, /EPIPE/);
      assert.equal(stderr, '');
      assert.ok(status === 0 || status === 1, `status ${status}`);
      return stdout.split('\n').slice(0, -1);
    };

    it('sends whole lines, and ends', () =>
      seeded((random) => {
        for (let count = 0; count < CASES; count++) {
          const lines = run(randomInput(random));
          for (const line of lines) assert.ok(naiveLine(line), line);
        }
      }));

    it('ends on bytes that are no frames', () =>
      seeded((random) => {
        for (let count = 0; count < CASES; count++) {
          const input = random.bytes(random.below(3000));
          const bytes = random.chance(0.5) ? input : Buffer.concat([HELLO, input]);
          for (const line of run(bytes)) assert.ok(naiveLine(line), line);
        }
      }));

    it('keeps nothing of 100 MB for a stream that is closed', () => {
      const data = Buffer.concat([Buffer.from([5, 0, 0x40, 0, 0, 0, 0, 1]), Buffer.alloc(16_384)]);
      const refused = openFrame(1, 0, { kind: 'unix', address: '/no/such/socket', port: 0 });
      const input = [HELLO, refused, ...Array.from({ length: 6400 }, () => data)];
      const frames = run(Buffer.concat(input)).flatMap((line) => naiveLine(line) ?? []);
      assert.deepEqual(
        frames.map(({ type, id }) => [type, id]),
        [
          [1, 0],
          [8, 1],
        ],
      );
    });
  });
}
