import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HelpPage } from '../../../../src/cli/framework/help/help-page.ts';
import { helpWidth } from '../../../../src/cli/framework/help/help-width.ts';
import { renderHelp } from '../../../../src/cli/framework/help/render-help.ts';
import { wrapCommand } from '../../../../src/cli/framework/help/wrap-command.ts';
import { runTool } from '../../../../build/tool.ts';
import { seeded, type Random } from '../../../support/random.ts';
import { needs } from '../../../support/require-tools.ts';
import { DASH } from '../../../support/tools.ts';

const PAGE: HelpPage = {
  usage: 'program run [options] <what>',
  description: ['Runs something that takes a while.', 'Then it ends.'],
  sections: [
    { kind: 'items', title: 'Arguments', items: [] },
    {
      kind: 'items',
      title: 'Options',
      items: [
        { term: '--name <name>', text: 'the name under which it is run, until it ends' },
        { term: '-q', text: 'quiet' },
      ],
    },
    { kind: 'text', title: 'Exit status', paragraphs: ['0, or 1 when it fails.'] },
    { kind: 'commands', title: 'Examples', lines: ["program run --name 'two words' something"] },
  ],
};

const AT_45 = `Usage: program run [options] <what>

Runs something that takes a while.

Then it ends.

Options:
  --name <name>  the name under which it is
                 run, until it ends
  -q             quiet

Exit status:
  0, or 1 when it fails.

Examples:
  program run --name 'two words' something
`;

const AT_24 = `Usage:
  program run [options]
  <what>

Runs something that
takes a while.

Then it ends.

Options:
  --name <name>
      the name under
      which it is run,
      until it ends
  -q
      quiet

Exit status:
  0, or 1 when it fails.

Examples:
  program run --name \\
      'two words' \\
      something
`;

describe('a help text', () => {
  it('has the texts beside the terms when there is room, else below them', () => {
    assert.equal(renderHelp(PAGE, 45), AT_45);
    assert.equal(renderHelp(PAGE, 24), AT_24);
  });

  it('is broken between words only, and fits at every width that its words allow', () => {
    const words = (text: string): readonly string[] => text.replaceAll(' \\\n', ' ').split(/\s+/);
    const whole = words(renderHelp(PAGE, 100));
    for (let width = 20; width <= 200; width++) {
      const text = renderHelp(PAGE, width);
      assert.deepEqual(words(text), whole);
      for (const line of text.split('\n')) assert.ok(line.length <= width, line);
    }
  });
});

/** Random command lines of a test. */
const LINES = 500;
/** What words consist of: quotes that keep spaces, and escapes, also within each other. */
const PARTS = [
  'a',
  '-',
  '-x',
  '--reason=',
  "'to fix it'",
  '"it\'s -x"',
  '"a \\" b"',
  '\\ ',
  "\\'",
  '\\"',
] as const;

function randomLine(random: Random): string {
  const word = (): string =>
    Array.from({ length: random.between(1, 4) }, () => random.pick(PARTS)).join('');
  return Array.from({ length: random.between(1, 6) }, word).join(' ');
}

/** The words that a shell reads in each of these commands. */
function wordsInShell(commands: readonly string[]): readonly string[] {
  const script = commands.map((command) => `printf '<%s>' ${command}\necho\n`).join('');
  return runTool(DASH, ['-s'], { input: script }).toString().trimEnd().split('\n');
}

describe('a command line', () => {
  it('stays one command for a shell: no quoted text is broken', () => {
    assert.deepEqual(wrapCommand('a \'b c\' "d e" f\\ g', [7, 7]), [
      'a \\',
      "'b c' \\",
      '"d e" \\',
      'f\\ g',
    ]);
    assert.deepEqual(wrapCommand('a b c d', [5, 9]), ['a b \\', 'c d']);
    assert.deepEqual(wrapCommand("a --why='b c' d", [8, 13]), ['a \\', "--why='b c' \\", 'd']);
    assert.deepEqual(wrapCommand('a b c', [5, 5]), ['a b c']);
  });

  it('goes on in the next line as its shell reads it', () => {
    assert.deepEqual(wrapCommand('a b | c', [6, 6], 'powershell'), ['a b `', '| c']);
  });

  it('is not broken between an option or an operator and its word, where there is room', () => {
    const line = 'run i-1 --shell bash --json -- ls > out.txt';
    assert.deepEqual(wrapCommand(line, [18, 18]), [
      'run i-1 \\',
      '--shell bash \\',
      '--json -- ls \\',
      '> out.txt',
    ]);
    assert.deepEqual(wrapCommand('run --name long-name', [12, 12]), ['run --name \\', 'long-name']);
  });

  it('has the same words for a shell in several lines as in one', needs(DASH), () =>
    seeded((random) => {
      const lines = Array.from({ length: LINES }, () => randomLine(random));
      const wrapped = lines.map((line) => {
        const width = random.below(line.length);
        return wrapCommand(line, [width, width]).join('\n');
      });
      assert.deepEqual(wordsInShell(wrapped), wordsInShell(lines));
    }),
  );
});

describe('the width of the help', () => {
  for (const [columns, terminal, width] of [
    [undefined, undefined, 80],
    [undefined, 60, 60],
    [undefined, 0, 80],
    [undefined, 200, 100],
    ['50', 60, 50],
    ['50', undefined, 50],
    ['5', 60, 20],
    ['wide', 60, 60],
    ['', 60, 60],
  ] as const) {
    it(`is ${width} with COLUMNS ${columns ?? 'unset'} and a terminal of ${terminal ?? 'no'} columns`, () => {
      assert.equal(helpWidth(columns, terminal), width);
    });
  }
});
