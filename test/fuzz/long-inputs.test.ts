import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { splitCommand } from '../../src/aws/credentials/split-command.ts';
import { mergeFiles } from '../../src/aws/shared-files/merge-files.ts';
import { parseIni } from '../../src/aws/shared-files/parse-ini.ts';
import { splitWords } from '../../src/aws/shared-files/split-words.ts';
import { sdkText } from '../../src/aws/sdk/sdk-shared-files.ts';
import { parseForward } from '../../src/cli/ports/parse-forward.ts';
import { parseParameters } from '../../src/commands/start-session/parse-parameters.ts';
import { wildcard } from '../../src/logging/seelog/level-constraints.ts';
import { compileFormat } from '../../src/logging/seelog/log-format.ts';
import { compileTimeLayout } from '../../src/logging/seelog/time-layout.ts';
import { readConfiguration } from '../../src/logging/seelog/read-configuration.ts';
import { splitPem } from '../../src/network/tls/certificate-files.ts';
import { isExemptFromProxy } from '../../src/network/proxy/no-proxy.ts';
import { printable } from '../../src/lib/printable.ts';
import { parseExitCode } from '../../src/protocol/exit-code.ts';
import { createSequenceParser } from '../../src/terminal/control-sequences.ts';
import { toXtermKeys } from '../../src/terminal/windows-keys.ts';
import type { Random } from '../support/random.ts';
import { fuzz, FUZZ_CASES } from './support/cases.ts';

/** Linear work on it takes milliseconds; work that grows with its square takes many minutes. */
const INPUT_CHARACTERS = 1 << 21;
/** Between the two, by a wide margin on both sides: it cuts off what is not linear. */
const HANG_GUARD_MS = 120_000;
/** One input in place of a thousand small ones. */
const LONG_CASES = Math.ceil(FUZZ_CASES / 2_000);

/** A text that begins with one thing, repeats another, and ends with a third. */
interface Repetitive {
  readonly start: string;
  readonly unit: string;
  readonly end: string;
}

type Pieces = readonly [string, ...string[]];

function repetitive(pieces: Pieces): (random: Random) => Repetitive {
  return (random) => {
    const some = (most: number): string =>
      Array.from({ length: random.below(most + 1) }, () => random.pick(pieces)).join('');
    return { start: some(2), unit: random.pick(pieces) + some(2), end: some(2) };
  };
}

/** A text may be refused by an error of the program, but not by one of the language. */
function mayRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.ok(!(error instanceof TypeError || error instanceof RangeError), error.message);
  }
}

function ini(text: string): void {
  const sections = mergeFiles(parseIni(text), new Map());
  sdkText(sections);
}

const PATTERN_TEXT = 'a'.repeat(INPUT_CHARACTERS);
const SILENT = { escapeSequence: () => undefined, controlSequence: () => undefined };

const READERS: readonly (readonly [
  name: string,
  pieces: Pieces,
  read: (text: string) => unknown,
])[] = [
  [
    'a file of certificates',
    [
      '-----BEGIN CERTIFICATE-----\n',
      '-----BEGIN X509 CERTIFICATE-----\n',
      '-----END CERTIFICATE-----\n',
      'QUJD',
      '\n',
      '-',
    ],
    splitPem,
  ],
  ['a format of seelog', ['%Date(', '%EscM(', '%UTCDate', '%', 'x', ')', '('], compileFormat],
  [
    'a time layout',
    ['.0', '0', '.9', ',0', '2006', '-07'],
    (text) => compileTimeLayout(text, 'utc'),
  ],
  // A pattern is short; the texts that it is compared with need not be.
  ['a text beside a pattern of seelog', ['a'], () => wildcard('*a*a*a*a*a*a*b')(PATTERN_TEXT)],
  [
    'a configuration of seelog',
    ['<a>', '</a>', '<a b="', '"', '&', '<!--', ' '],
    (text) => readConfiguration(Buffer.from(text)),
  ],
  ['an AWS file', ['[profile a]\n', 'a = ', ' ', '\n', '\t', 'x', '"', ' #', '='], ini],
  [
    'an AWS file with a long value',
    [' ', 'x', '\t', '\n '],
    (text) => ini(`[default]\na = ${text}`),
  ],
  ['the name of a section', ["'", '"', '\\', ' ', 'x'], splitWords],
  ['a command on Windows', ['\\', '"', ' ', 'x'], (text) => splitCommand(text, 'win32')],
  ['parameters', ['a=', '"', ',', '[', ']', ' ', 'x'], parseParameters],
  ['a forwarding', ['a', '1', ':', '[', ']'], (text) => parseForward(text, undefined)],
  ['NO_PROXY', ['1', ':', '.', ',', ' ', '*', '/'], (text) => isExemptFromProxy('h', 1, text)],
  ['an exit code', ['EXIT_CODE:', ' ', '1', '-'], parseExitCode],
  [
    'keys of a Windows console',
    ['\x1b', '[', '1', ';', '~', 'G'],
    (text) => toXtermKeys(Buffer.from(text)),
  ],
  [
    'output with control sequences',
    ['\x1b', '[', ';', ':', '1', ']', 'm'],
    (text) => createSequenceParser(SILENT).feed(Buffer.from(text)),
  ],
  ['a foreign text', ['\x1b', ' ', 'x', '\u202e', '\n'], printable],
];

for (const [name, pieces, read] of READERS) {
  it(`reading ${name} takes linear work, however long and repetitive it is`, () =>
    fuzz(
      repetitive(pieces),
      ({ start, unit, end }) => {
        const text = start + unit.repeat(Math.floor(INPUT_CHARACTERS / unit.length)) + end;
        runInNewContext(
          'run()',
          { run: () => mayRefuse(() => read(text)) },
          {
            timeout: HANG_GUARD_MS,
          },
        );
      },
      LONG_CASES,
    ));
}
