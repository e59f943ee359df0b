import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hexadecimal, readBytes, READY } from '../support/remote-commands.ts';
import { interactiveCommand, openTerminalSession } from '../support/target.ts';

/** What a reader on the target, in raw mode, gets of keys typed one after another. */
async function received(t: TestContext, keys: readonly Buffer[]): Promise<string> {
  const count = keys.reduce((sum, key) => sum + key.length, 0);
  const { program, session } = await openTerminalSession(t, interactiveCommand(readBytes(count)));
  await program.screen.until('the reader', (text) => text.endsWith(READY));
  for (const key of keys) {
    const before = session.record.inputBytes;
    program.type(key);
    await session.until(
      `the key ${key.toString('hex')}`,
      ({ record, end }) => end !== undefined || record.inputBytes >= before + key.length,
    );
  }
  await program.end();
  return new RegExp(`${READY}([ 0-9a-f]*)`).exec(program.screen.text)?.[1] ?? '';
}

describe('control keys in a terminal', () => {
  for (const [name, byte] of [
    ['Ctrl-C', 0x03],
    ['Ctrl-D', 0x04],
    ['Ctrl-J', 0x0a],
    ['Enter', 0x0d],
    ['Ctrl-Q', 0x11],
    ['Ctrl-S', 0x13],
    ['Ctrl-Y', 0x19],
    ['Ctrl-Z', 0x1a],
    ['Ctrl-\\', 0x1c],
  ] as const) {
    it(`${name} reaches the remote side as its byte`, async (t) => {
      const key = Buffer.from([byte]);
      assert.equal(await received(t, [key]), hexadecimal(key));
    });
  }

  it('every byte there is reaches the remote side unchanged', async (t) => {
    const bytes = Array.from({ length: 256 }, (_, value) => Buffer.from([value]));
    assert.equal(await received(t, bytes), hexadecimal(Buffer.concat(bytes)));
  });

  it('keys of several bytes stay together: arrows, function keys, a letter from abroad', async (t) => {
    const keys = ['\x1b[A', '\x1bOP', '\x1b[15~', 'ö', '漢', '👍'].map((key) => Buffer.from(key));
    assert.equal(await received(t, keys), hexadecimal(Buffer.concat(keys)));
  });
});

describe('signals of control keys', () => {
  it('Ctrl-C interrupts the remote command and leaves the session alone', async (t) => {
    const { program } = await openTerminalSession(
      t,
      interactiveCommand(
        `trap 'echo interrupted; exit' INT; printf ${READY}; while :; do wait; done`,
      ),
    );
    await program.screen.until('the command', (text) => text.endsWith(READY));
    program.type('\x03');
    assert.equal((await program.end()).status, 0);
    assert.match(program.screen.text, /\^C\s*interrupted/);
  });

  it('Ctrl-D ends the input of the remote command', async (t) => {
    const { program } = await openTerminalSession(
      t,
      interactiveCommand(`printf ${READY}; cat; echo the end`),
    );
    await program.screen.until('the command', (text) => text.endsWith(READY));
    program.type('a line\r\x04');
    assert.equal((await program.end()).status, 0);
    assert.match(program.screen.text, /a line\s+a line\s+the end/);
  });
});
