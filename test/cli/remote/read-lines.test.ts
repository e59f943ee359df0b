import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { readLines } from '../../../src/cli/remote/read-lines.ts';
import { replyLines } from '../../../src/commands/cp/up/sessions/reply-lines.ts';
import type { Reply } from '../../../src/commands/cp/up/target/frames.ts';

const LIMIT = 8;

async function linesOf(...chunks: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const output = readLines(LIMIT, (line) => lines.push(line.toString()));
  for (const chunk of chunks) output.write(chunk);
  output.end();
  await once(output, 'finish');
  return lines;
}

describe('readLines', () => {
  it('finds lines wherever the output is cut', async () => {
    assert.deepEqual(await linesOf('on', 'e\ntwo', '\n', '\nthr', 'ee\n'), [
      'one',
      'two',
      '',
      'three',
    ]);
  });

  it('waits for the line feed of the last one', async () => {
    assert.deepEqual(await linesOf('one\ntwo'), ['one']);
  });

  it('drops what is beyond the limit, and takes the next line', async () => {
    assert.deepEqual(await linesOf('0123456789', 'dropped?', 'x\nnext\n'), ['01234567x', 'next']);
  });
});

describe('replyLines', () => {
  it('reads a character that is cut between two chunks', async () => {
    const replies: Reply[] = [];
    const output = replyLines((reply) => replies.push(reply));
    const bytes = Buffer.from('e ä\r\n');
    output.write(bytes.subarray(0, 3));
    output.end(bytes.subarray(3));
    await once(output, 'finish');
    assert.deepEqual(replies, [{ kind: 'refused', text: 'ä' }]);
  });
});
