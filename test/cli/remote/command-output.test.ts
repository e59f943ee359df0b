import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCommandOutput } from '../../../src/cli/remote/command-output.ts';
import { PayloadType } from '../../../src/protocol/payload-type.ts';

const PREFIXES = { stdoutPrefix: 'OUT:', stderrPrefix: 'exec:' };

describe("a command's output", () => {
  it('has each stream without its prefix, and the agent’s text after the status unchanged', () => {
    const { filter } = createCommandOutput(PREFIXES);
    const take = (payloadType: PayloadType, text: string): string =>
      filter.take(payloadType, Buffer.from(text)).toString();
    assert.equal(take(PayloadType.Output, 'OUT:a\n'), 'a\n');
    assert.equal(take(PayloadType.ExitCode, 'EXIT_CODE: 1'), 'EXIT_CODE: 1');
    assert.equal(take(PayloadType.StdErr, 'exec: "x": not found'), 'exec: "x": not found');
  });

  it('detects that a target has another shell', () => {
    for (const [stderr, target] of [
      // As Windows PowerShell breaks lines for the width of its console.
      [
        "sh : The term 'sh' is not recognized as the name of a cmdlet\nAt line:1 char:1\n" +
          '    + CategoryInfo          : ObjectNotFound: (sh:String) [], CommandNotFound\n   Exception\n',
        'is-windows',
      ],
      ['exec: "-NoLogo": executable file not found in $PATH', 'is-not-windows'],
      ['sh: 1: x: not found\n', undefined],
    ] as const) {
      const output = createCommandOutput({ stdoutPrefix: '', stderrPrefix: '' });
      output.filter.take(PayloadType.StdErr, Buffer.from(stderr));
      assert.equal(output.target, target);
    }
  });
});
