const ESCAPE = '\x1b';
const ESCAPE_BYTE = 0x1b;

/** F1 to F5 as the Linux console writes them, after `ESC [ [`, and as xterm does, after `ESC`. */
const LINUX_CONSOLE_KEYS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    A: 'OP',
    B: 'OQ',
    C: 'OR',
    D: 'OS',
    E: '[15~',
  }),
);

/** Keys to which xterm gives a letter, by the number or letter that libuv gives them. */
const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '1': 'H', // Home
    '4': 'F', // End
    G: 'E', // 5 on the number pad
    '11': 'P', // F1
    '12': 'Q',
    '13': 'R',
    '14': 'S',
  }),
);

/** Ctrl, Shift and both, as rxvt ends the sequence of a function key, and as xterm counts them. */
const RXVT_MODIFIERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    $: '2',
    '^': '5',
    '@': '6',
  }),
);

/** In this order: F1 to F5; Home and End; 5 on the number pad; function keys with Ctrl or Shift. */
const LIBUV_KEY = new RegExp(
  ESCAPE + String.raw`\[(?:\[([A-E])|([14])(?:;(\d))?~|(?:1;(\d))?(G)|(\d\d)([$^@]))`,
  'g',
);

/**
 * Translates the keys of a Windows console to the sequences that every other terminal sends, and that
 * programs with `TERM=xterm-256color` on the remote side expect.
 *
 * Node.js asks the console to write keys as sequences itself, and then they are xterm's already. A
 * console that cannot (the legacy console, Windows before 10 1607, wine) leaves it to libuv, which
 * writes Home as `ESC [ 1 ~`, F1 as `ESC [ [ A` and Ctrl-F1 as `ESC [ 1 1 ^` (libuv, `src/win/tty.c`).
 * A console writes none of these, so nothing is lost where there is nothing to translate.
 *
 * @param typed - what one read of the terminal has given; libuv does not cut sequences apart
 * @returns the same bytes with xterm's sequences
 */
export function toXtermKeys(typed: Buffer): Buffer {
  if (!typed.includes(ESCAPE_BYTE)) return typed;
  // One character for each byte: what is not a sequence comes back as it was.
  const text = typed
    .toString('latin1')
    .replace(LIBUV_KEY, (sequence: string, ...groups: readonly (string | undefined)[]) => {
      const [linuxConsole, homeOrEnd, itsModifier, fiveModifier, five, functionKey, rxvt] = groups;
      if (linuxConsole !== undefined) {
        return ESCAPE + (LINUX_CONSOLE_KEYS.get(linuxConsole) ?? sequence.slice(1));
      }
      const key = homeOrEnd ?? five ?? functionKey ?? '';
      return xtermKey(key, itsModifier ?? fiveModifier ?? RXVT_MODIFIERS.get(rxvt ?? ''));
    });
  return Buffer.from(text, 'latin1');
}

/** The sequence of a key with xterm's number of its modifiers, or without any. */
function xtermKey(key: string, modifier: string | undefined): string {
  const letter = LETTERS.get(key);
  if (letter === undefined) return `${ESCAPE}[${key};${modifier ?? '1'}~`;
  return modifier === undefined ? `${ESCAPE}[${letter}` : `${ESCAPE}[1;${modifier}${letter}`;
}
