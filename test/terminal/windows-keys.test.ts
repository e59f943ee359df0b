import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toXtermKeys } from '../../src/terminal/windows-keys.ts';
import { seeded } from '../support/random.ts';

function translated(typed: string): string {
  return toXtermKeys(Buffer.from(typed)).toString();
}

/** What libuv writes, and what xterm sends for the same key. */
const KEYS: readonly (readonly [name: string, libuv: string, xterm: string])[] = [
  ['Home', '\x1b[1~', '\x1b[H'],
  ['End', '\x1b[4~', '\x1b[F'],
  ['Ctrl-Home', '\x1b[1;5~', '\x1b[1;5H'],
  ['Shift-End', '\x1b[4;2~', '\x1b[1;2F'],
  ['Ctrl-Shift-End', '\x1b[4;6~', '\x1b[1;6F'],
  ['5 on the number pad', '\x1b[G', '\x1b[E'],
  ['Ctrl-5 on the number pad', '\x1b[1;5G', '\x1b[1;5E'],
  ['F1', '\x1b[[A', '\x1bOP'],
  ['F4', '\x1b[[D', '\x1bOS'],
  ['F5', '\x1b[[E', '\x1b[15~'],
  ['Ctrl-F1', '\x1b[11^', '\x1b[1;5P'],
  ['Ctrl-F5', '\x1b[15^', '\x1b[15;5~'],
  ['Shift-F12', '\x1b[24$', '\x1b[24;2~'],
  ['Ctrl-Shift-F11', '\x1b[23@', '\x1b[23;6~'],
  ['Alt-Home', '\x1b\x1b[1~', '\x1b\x1b[H'],
];

/** What both write alike, and what consoles write as xterm does. */
const THE_SAME = [
  ...[
    '\x1b[A',
    '\x1b[B',
    '\x1b[C',
    '\x1b[D',
    '\x1bOA',
    '\x1b[H',
    '\x1b[F',
    '\x1b[1;5C',
    '\x1b[1;2H',
  ],
  ...['\x1b[2~', '\x1b[3~', '\x1b[3;5~', '\x1b[5~', '\x1b[6~', '\x1b[17~', '\x1b[23~', '\x1b[24~'],
  ...[
    '\x1b',
    '\x1b\x1b',
    '\x1bx',
    '\x1b[Z',
    '\x1b[200~pasted\x1b[201~',
    '\x7f',
    '\x03',
    '[1~',
    '[[A',
  ],
  ...['@', '{', '€', '\\', 'é', '漢', '👍', '\x1b[1', '\x1b['],
];

describe('keys of a Windows console', () => {
  for (const [name, libuv, xterm] of KEYS) {
    it(`${name} is xterm’s`, () => assert.equal(translated(libuv), xterm));
  }

  it('stay as they are when they are xterm’s already', () => {
    for (const keys of THE_SAME) assert.equal(translated(keys), keys);
  });

  it('are found between others and between characters of several bytes', () => {
    assert.equal(translated('漢\x1b[1~👍\x1b[4~\x1b[Aé\x1b[[B€'), '漢\x1b[H👍\x1b[F\x1b[Aé\x1bOQ€');
  });

  it('leave bytes alone that are no text at all', () =>
    seeded((random) => {
      const bytes = random.bytes(4096).map((byte) => (byte === 0x5b ? 0x5c : byte));
      assert.deepEqual(toXtermKeys(Buffer.from(bytes)), Buffer.from(bytes));
    }));
});
