import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPrefixRemover } from '../../src/protocol/separator-prefix.ts';
import { createTextOutput } from '../local-aws/agent/programs/text-output.ts';
import { seeded } from '../support/random.ts';

const LINE_FEED = 0x0a;

/** The payloads without prefixes, each as `latin1`. */
function through(prefix: string, ...payloads: readonly string[]): string[] {
  const remover = createPrefixRemover(prefix);
  return payloads.map((payload) => {
    return remover.take(Buffer.from(payload, 'latin1')).toString('latin1');
  });
}

/** The payloads that the agent makes of reads. */
function payloadsOf(reads: readonly Buffer[], prefix: string): Buffer[] {
  const text = createTextOutput();
  let needsPrefix = true;
  const payloads = reads.map((read) => {
    const payload = text.take(read, needsPrefix ? Buffer.from(prefix) : undefined);
    needsPrefix = read.at(-1) === LINE_FEED;
    return payload;
  });
  return payloads.filter((payload) => payload.length > 0);
}

describe('the prefix of a separate output', () => {
  it('is removed from the first payload, and from those after a line feed', () => {
    assert.deepEqual(through('OUT:\n', 'OUT:\none\n', 'OUT:\ntwo', 'OUT:\nthree\n', 'OUT:\nfour'), [
      'one\n',
      'two',
      'OUT:\nthree\n',
      'four',
    ]);
  });

  // Recorded with the agent 3.3: printf '\377\n', then echo five; printf 'x\n\303\n', then echo six.
  it('is removed after the bytes that the agent has kept of a read', () => {
    assert.deepEqual(
      through('OUT:\n', 'OUT:\n', '\xff\nOUT:\nfive\n', 'OUT:\nx\n', '\xc3\nOUT:\nsix\n'),
      ['', '\xff\nfive\n', 'x\n', '\xc3\nsix\n'],
    );
  });

  it('is not expected after a read that was kept completely', () => {
    assert.deepEqual(through('O:', 'O:', '\xe2\x82\xac', 'O:x'), ['', '\xe2\x82\xac', 'O:x']);
  });

  it('leaves a payload without it unchanged, and similar text in the middle of a line', () => {
    assert.deepEqual(through('', 'OUT:one\n', 'OUT:two'), ['OUT:one\n', 'OUT:two']);
    assert.deepEqual(through('O:', 'O:O:one\n', 'O:two O:'), ['O:one\n', 'two O:']);
    assert.deepEqual(through('O:', 'one', '\xff\nOther'), ['one', '\xff\nOther']);
  });

  it('is the only difference to what the agent sends', () =>
    seeded((random) => {
      const parts = ['\n', 'a', '\xff', '\xc3', '\xe2\x82\xac', '\xe2\x82', 'P:x'] as const;
      for (let round = 0; round < 200; round++) {
        const reads = Array.from({ length: 30 }, () => {
          const length = random.between(1, 4);
          const read = Array.from({ length }, () => random.pick(parts)).join('');
          return Buffer.from(read, 'latin1');
        });
        // With a prefix, fewer bytes are kept at the end.
        reads.push(Buffer.from('end.'));
        const remover = createPrefixRemover('P:\n');
        const output = payloadsOf(reads, 'P:\n').map((payload) => remover.take(payload));
        const expected = Buffer.concat(payloadsOf(reads, ''));
        assert.equal(Buffer.concat(output).toString('latin1'), expected.toString('latin1'));
      }
    }));
});
