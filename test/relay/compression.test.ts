import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createDeferred } from '../../src/lib/deferred.ts';
import { decodeLine } from '../../src/relay/protocol/decode-line.ts';
import { seeded } from '../support/random.ts';
import { needs } from '../support/require-tools.ts';
import { DASH } from '../support/tools.ts';
import { openCollected } from './support/collected-stream.ts';
import { tcpDestination } from './support/destinations.ts';
import {
  PERL,
  PYTHON3,
  RELAY_SHELLS,
  startRelay,
  type RelayLanguage,
} from './support/relay-process.ts';

const MEBIBYTE = 1024 * 1024;
/** What a relay tries to compress, and for how many lines it does not try again (docs/design/relay.md#lines). */
const TRIED_BYTES = 1024;
const UNTRIED_LINES = 32;
/** Fewer bytes than {@link UNTRIED_LINES} have. */
const SHORT_BYTES = 20_000;

const PYTHON: RelayLanguage = { name: 'python', tool: PYTHON3 };

/** The encodings of the lines, of those that are long enough, in which a relay sends what a destination sends. */
async function encodingsOf(
  t: TestContext,
  language: RelayLanguage,
  ...parts: readonly Buffer[]
): Promise<string> {
  let encodings = '';
  const { tunnel } = await startRelay(t, language, RELAY_SHELLS[0], {
    onLine(line) {
      if (decodeLine(line).length >= TRIED_BYTES) encodings += line.toString('latin1', 0, 1);
    },
  });
  const nextParts = parts.map(() => createDeferred<undefined>());
  const destination = await tcpDestination(t, (socket) => {
    for (const [index, part] of parts.entries()) {
      void nextParts[index]?.promise.then(() => socket.write(part));
    }
  });
  const one = openCollected(tunnel, destination);
  let received = 0;
  for (const [index, part] of parts.entries()) {
    nextParts[index]?.resolve(undefined);
    received += part.length;
    await one.until(received);
  }
  assert.deepEqual(one.received(), Buffer.concat(parts));
  return encodings;
}

describe('the relay in python', needs(DASH, PYTHON3), () => {
  it('compresses a MiB that becomes shorter', async (t) => {
    const encodings = await encodingsOf(t, PYTHON, Buffer.alloc(MEBIBYTE));
    assert.match(encodings, /^z{64,}$/);
  });

  it('sends a MiB as it is that does not become shorter', (t) =>
    seeded(async (random) => {
      const encodings = await encodingsOf(t, PYTHON, random.bytes(MEBIBYTE));
      assert.match(encodings, /^b{64,}$/);
    }));

  it(`tries again after at most ${UNTRIED_LINES} lines`, (t) =>
    seeded(async (random) => {
      const encodings = await encodingsOf(
        t,
        PYTHON,
        random.bytes(SHORT_BYTES),
        Buffer.alloc(MEBIBYTE),
      );
      // The first line is tried. Of the next ones, some have zeros: the random bytes have two to ten lines.
      const untried = new RegExp(`^b{11,${1 + UNTRIED_LINES}}z+$`);
      assert.match(encodings, untried);
    }));
});

describe('the relay in perl', needs(DASH, PERL), () => {
  it('compresses nothing', async (t) => {
    const encodings = await encodingsOf(t, { name: 'perl', tool: PERL }, Buffer.alloc(MEBIBYTE));
    assert.match(encodings, /^b{64,}$/);
  });
});
