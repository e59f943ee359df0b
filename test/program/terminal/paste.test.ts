import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { randomOf, seeded, type Random } from '../../support/random.ts';
import { hashBytes, READY } from '../support/remote-commands.ts';
import { interactiveCommand, openTerminalSession } from '../support/target.ts';

const PASTED_BYTES = 1_000_000;

/** Lines of printable characters as a terminal hands them over: ended by a carriage return. */
function pastedText(random: Random): Buffer {
  const text = random.bytes(PASTED_BYTES);
  for (let i = 0; i < text.length; i++) {
    const value = (text[i] ?? 0) & 0x7f;
    text[i] = value < 0x20 || value === 0x7f ? 0x0d : value;
  }
  return text;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a paste of a megabyte', () => {
  it('arrives whole, and Ctrl-C after it works', (t) =>
    seeded(async (random) => {
      const text = pastedText(random);
      const command = `${hashBytes(text.length)}; trap 'echo interrupted; exit' INT; echo waiting; while :; do wait; done`;
      const { program } = await openTerminalSession(t, interactiveCommand(command));
      await program.screen.until('the reader', (screen) => screen.endsWith(READY));
      program.type(text);
      await program.screen.until('all of it', (screen) => screen.includes('waiting'));
      assert.ok(program.screen.text.includes(sha256(text)), program.screen.text);
      program.type('\x03');
      await program.end();
      assert.match(program.screen.text, /interrupted/);
    }));

  it('is not searched for escapes: a line of it may begin with ~.', async (t) => {
    const text = Buffer.from(`first line\r~.\r~?\r~~\r${'x'.repeat(40)}\r~.`);
    const { program } = await openTerminalSession(t, interactiveCommand(hashBytes(text.length)));
    await program.screen.until('the reader', (screen) => screen.endsWith(READY));
    program.type(text);
    await program.end();
    assert.ok(program.screen.text.includes(sha256(text)), program.screen.text);
  });

  it('can be interrupted by Ctrl-C while it is still on its way', async (t) => {
    const text = pastedText(randomOf(1));
    const { program } = await openTerminalSession(
      t,
      // A reader that never gets enough.
      interactiveCommand(
        `stty raw isig -echo; trap 'echo interrupted; exit' INT; printf ${READY}; cat >/dev/null`,
      ),
    );
    await program.screen.until('the reader', (screen) => screen.endsWith(READY));
    program.type(text);
    program.type('\x03');
    assert.equal((await program.end()).status, 0);
    assert.match(program.screen.text, /interrupted/);
  });
});
