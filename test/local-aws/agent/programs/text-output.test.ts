import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTextOutput } from './text-output.ts';

/** Payloads of reads, each as `latin1`. */
function payloads(
  ...reads: readonly (string | readonly [read: string, prefix: string])[]
): string[] {
  const output = createTextOutput();
  return reads.map((read) => {
    const [bytes, prefix] = typeof read === 'string' ? [read, ''] : read;
    return output.take(Buffer.from(bytes, 'latin1'), Buffer.from(prefix)).toString('latin1');
  });
}

// Recorded with the agent 3.3, except for those that name `processStdoutData`.
describe("the agent's text", () => {
  it('is cut where characters end', () => {
    assert.deepEqual(payloads('a\xe2', '\x82\xacb'), ['a', '\xe2\x82\xacb']);
    assert.deepEqual(payloads('\xf0\x9f', '\x98', '\x80'), ['', '', '\xf0\x9f\x98\x80']);
  });

  it('loses U+FFFD except for its first byte, and bytes that are no UTF-8 at its end', () => {
    assert.deepEqual(payloads('a\xef\xbf\xbdb\xffc\xc3'), ['a\xefb']);
  });

  it('has bytes that are no UTF-8 where more follows', () => {
    assert.deepEqual(payloads('\xffabc', '\xc3(xyz'), ['\xffabc', '\xc3(xyz']);
    assert.deepEqual(payloads('\xff', 'abc'), ['', '\xffabc']);
  });

  it('has a prefix after the rest of the previous read', () => {
    assert.deepEqual(payloads(['\xff\n', 'OUT:\n'], ['five\n', 'OUT:\n']), [
      'OUT:\n',
      '\xff\nOUT:\nfive\n',
    ]);
  });
});
