import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { seeded } from '../../support/random.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { hexadecimal, readBytes, READY } from '../support/remote-commands.ts';
import { interactiveCommand, openPipedSession } from '../support/target.ts';

const LETTERS = Buffer.from('aö漢👍 e\u0301');

/** What a reader on the target gets of these parts, each of which is one read for the program. */
async function received(t: TestContext, parts: readonly Buffer[]): Promise<string> {
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  const { program, session } = await openPipedSession(t, interactiveCommand(readBytes(count)));
  await program.stdout.until('the reader', (text) => text.endsWith(READY));
  for (const part of parts) {
    const before = session.record.inputBytes;
    program.stdin.write(part);
    await session.until(
      'the part',
      ({ record, end }) => end !== undefined || record.inputBytes >= before + part.length,
    );
  }
  await program.end();
  return new RegExp(`${READY}([ 0-9a-f]*)`).exec(program.stdout.text)?.[1] ?? '';
}

describe('bytes from a pipe', () => {
  it('arrive unchanged, all 256 of them', async (t) => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    assert.equal(await received(t, [bytes]), hexadecimal(bytes));
  });

  it('arrive unchanged when characters of several bytes are cut apart', async (t) => {
    const parts = [...LETTERS].map((byte) => Buffer.from([byte]));
    assert.equal(await received(t, parts), hexadecimal(LETTERS));
  });

  it('arrive unchanged when they are no text at all', (t) =>
    seeded(async (random) => {
      const bytes = random.bytes(3000);
      assert.equal(await received(t, [bytes]), hexadecimal(bytes));
    }));

  it('a read that is one line feed is Enter: a carriage return', async (t) => {
    const lineFeed = Buffer.from('\n');
    assert.equal(await received(t, [Buffer.from('a'), lineFeed, lineFeed]), ' 61 0d 0d');
  });

  it('a line feed after other bytes stays one', async (t) => {
    assert.equal(await received(t, [Buffer.from('a\n'), Buffer.from('\n\n')]), ' 61 0a 0a 0a');
  });
});

describe('bytes from the remote side', () => {
  it('come out unchanged: half a megabyte of anything', (t) =>
    seeded(async (random) => {
      const file = join(temporaryDirectory(t), 'content');
      // The agent keeps all but the first byte of U+FFFD to itself, and what is no text at the end.
      const bytes = random.bytes(500_000).toString('latin1').replaceAll('\xef\xbf\xbd', '...');
      const content = Buffer.from(`${bytes}end\n`, 'latin1');
      writeFileSync(file, content);
      const { program, session } = await openPipedSession(
        t,
        interactiveCommand(`stty raw; cat '${file}'`),
      );
      await program.end();
      const start = `\nStarting session with SessionId: ${session.sessionId}\n`;
      const end = `\n\nExiting session with sessionId: ${session.sessionId}.\n\n`;
      const output = program.stdout.bytes.subarray(start.length, -end.length);
      assert.ok(output.equals(content), `${output.length} of ${content.length} bytes came`);
    }));

  it('come out unchanged when messages cut characters apart', async (t) => {
    // 3 bytes each: the 1024 bytes of a message hold no whole number of them.
    const text = '漢'.repeat(2000);
    const file = join(temporaryDirectory(t), 'content');
    writeFileSync(file, text);
    const { program } = await openPipedSession(t, interactiveCommand(`cat '${file}'`));
    await program.end();
    assert.ok(program.stdout.text.includes(`\n${text}\n`));
  });
});
