import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandError } from '../../../src/cli/framework/command-context.ts';
import { chooseShell, wrapScript } from '../../../src/cli/remote/remote-shell.ts';
import { splitWords } from '../../local-aws/agent/programs/command/split-words.ts';

/** Every character that can be typed but zero, which no argument holds. */
const TYPED = Array.from({ length: 0x7f }, (_, i) => String.fromCharCode(i + 1)).join('');

function wordsOf(text: string): readonly string[] {
  const split = splitWords(text);
  if (split.kind === 'error') assert.fail(split.reason);
  return split.words;
}

describe('a script for a shell of the target', () => {
  for (const script of [
    'uname',
    'a | b',
    'cd / && pwd',
    'echo $((6*7))',
    `echo "it's"`,
    '#1',
    'one\ntwo\n',
    TYPED,
    'aö漢👍 \ufffd',
    `'''"""\\\\`,
  ]) {
    it(`is one word for the agent: ${JSON.stringify(script.slice(-20))}`, () => {
      assert.deepEqual(wordsOf(wrapScript(script, 'sh')), ['sh', '-c', script]);
    });
  }

  // The agent's docparser/parameters and parameterstore.
  it('holds nothing that the agent would put something else for', () => {
    const script = `'{{ command }}' {{ssm:name}} {{{{ $$ $$$ '$$'`;
    const text = wrapScript(script, 'bash');
    assert.doesNotMatch(text, /\{\{|\$\$/);
    assert.deepEqual(wordsOf(text), ['bash', '-c', script]);
  });

  it('reaches PowerShell in words without quotes, and ends with its own status', () => {
    const words = wordsOf(wrapScript(`Write-Output "it's"`, 'powershell'));
    assert.deepEqual(words.slice(0, -1), [
      ...['-NoLogo', '-NoProfile', '-NonInteractive'],
      ...['-OutputFormat', 'Text', '-EncodedCommand'],
    ]);
    const lines = Buffer.from(words.at(-1) ?? '', 'base64')
      .toString('utf16le')
      .split('\n');
    assert.equal(lines.at(-2), `Write-Output "it's"`);
    assert.match(lines.at(-1) ?? '', /exit \$LASTEXITCODE/);
    assert.deepEqual(wordsOf(wrapScript('x', 'pwsh')).slice(0, 2), ['pwsh', '-NoLogo']);
  });

  it('is refused when it is longer than a parameter, or than a command line of Windows', () => {
    const most = 65_535 - "sh -c ' '".length;
    assert.equal(wrapScript(`${'x'.repeat(most)} `, 'sh').length, 65_535);
    for (const [script, shell, message] of [
      [
        `${'x'.repeat(most + 1)} `,
        'sh',
        /quoted for sh, it has 65536 characters, and Systems Manager allows 65535/,
      ],
      ["'".repeat(20_000), 'sh', /has 80008 characters, and Systems Manager allows 65535/],
      ['x'.repeat(13_000), 'powershell', /has 35\d{3} characters, and Windows allows 32638/],
    ] as const) {
      assert.throws(
        () => wrapScript(script, shell),
        (error) => error instanceof CommandError && message.test(error.message),
      );
    }
  });
});

describe('the shell of a target', () => {
  it("is the platform's, Linux where it is not known, and another when it is named", () => {
    for (const [platform, shell, chosen] of [
      ['Linux', undefined, 'sh'],
      ['MacOS', undefined, 'sh'],
      ['Windows', undefined, 'powershell'],
      [undefined, undefined, 'sh'],
      [undefined, 'powershell', 'powershell'],
      ['Windows', 'powershell', 'powershell'],
      ['MacOS', 'zsh', 'zsh'],
      ['Linux', 'pwsh', 'pwsh'],
    ] as const) {
      assert.equal(chooseShell({ platform, shell }), chosen);
    }
  });

  it('is none that the platform does not have', () => {
    assert.throws(() => chooseShell({ platform: 'Windows', shell: 'bash' }), /Leave out --shell/);
    assert.throws(() => chooseShell({ platform: 'Linux', shell: 'powershell' }), /--shell pwsh/);
  });
});
