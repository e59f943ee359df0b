import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wrapScript } from '../../../../../src/cli/remote/remote-shell.ts';
import { stepScript } from '../../../../../src/commands/cp/s3/windows/step-scripts.ts';
import type { WindowsStep } from '../../../../../src/commands/cp/s3/windows/windows-step.ts';
import { isPowershell } from '../../../../packaging/support/powershell-grammar.ts';

// PowerShell does not run here: these tests show the form of the scripts only.

/** Characters that end a string of PowerShell, or begin something in it. */
const HOSTILE = `C:/a'b"c’d$(e)\`f;g {{ssm:h}}`;
/** As long as paths of Windows usually may be. */
const LONG = `C:/${'ä'.repeat(256)}`;
/** Longer than one that is signed with the token of a role. */
const URL_CHARACTERS = 4_000;
const SHA256 = '0'.repeat(64);

function steps(path: string, url: string): readonly WindowsStep[] {
  const partial = `${path}.part`;
  return [
    { kind: 'facts' },
    { kind: 'inspect', path },
    { kind: 'hash', path },
    { kind: 'send', path, from: 2 ** 40, bytes: 5, url },
    { kind: 'pack', directory: path, archive: partial },
    { kind: 'prepare', destination: path, partial },
    { kind: 'prepare-tree', destination: path, partial },
    { kind: 'fetch', file: partial, size: 2 ** 40, url },
    { kind: 'finish', destination: path, partial, sha256: SHA256, modifiedAt: new Date(0) },
    { kind: 'finish', destination: path, partial, sha256: SHA256, modifiedAt: undefined },
    { kind: 'unpack', destination: path, partial, sha256: SHA256, preserve: true },
    { kind: 'unpack', destination: path, partial, sha256: SHA256, preserve: false },
    { kind: 'remove', path },
  ];
}

describe('a script for a target with Windows', () => {
  for (const step of steps(HOSTILE, 'https://transfer.s3.eu-west-1.amazonaws.com/a?b')) {
    it(`is one of PowerShell: ${step.kind}`, async () => {
      const script = stepScript(step);
      assert.ok(await isPowershell(script), script);
      assert.ok(!script.includes('ssm:h'), 'names are encoded');
    });
  }

  it('fits into a command line of Windows, with long paths and URLs', () => {
    for (const step of steps(LONG, `https://${'a'.repeat(URL_CHARACTERS)}`)) {
      assert.match(wrapScript(stepScript(step), 'powershell'), /-EncodedCommand \S+$/, step.kind);
    }
  });

  it('gives tar no names, and has it read and write names in UTF-8', () => {
    const paths = { destination: 'C:/ä', partial: 'C:/ö' };
    const scripts = [
      stepScript({ kind: 'pack', directory: 'C:/ä', archive: 'C:/ö' }),
      stepScript({ kind: 'unpack', ...paths, sha256: SHA256, preserve: true }),
    ];
    const words = scripts.map((script) => /tar\.exe'\),'([^']*)'/.exec(script)?.[1]);
    assert.deepEqual(words, ['-cf - .', '-xf - --options hdrcharset=UTF-8']);
    for (const script of scripts) assert.match(script, /WorkingDirectory=/);
  });

  it('sets times in units of 100 ns since 1601', () => {
    const script = stepScript({
      ...{ kind: 'finish', destination: 'C:/a', partial: 'C:/b', sha256: SHA256 },
      modifiedAt: new Date('2020-02-03T04:05:06Z'),
    });
    assert.ok(script.includes('FromFileTimeUtc(132251763060000000)'), script);
  });
});
