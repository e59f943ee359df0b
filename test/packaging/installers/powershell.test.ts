import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  installScript,
  POWERSHELL_SCRIPT,
  type InstallFacts,
} from '../../../packaging/installers/install-scripts.ts';
import { ROOT } from '../../docs/support/markdown.ts';
import { functionOf, isPowershell } from '../support/powershell-grammar.ts';

const X64 = 'a'.repeat(64);
const ARM64 = 'b'.repeat(64);
const FACTS: InstallFacts = {
  version: '1.3.0.0',
  downloads: 'https://downloads.example.com/plugin',
  files: [
    { path: 'session-manager-plugin-1.3.0.0-linux-x64.tar.gz', sha256: 'c'.repeat(64) },
    { path: 'session-manager-plugin-1.3.0.0-windows-arm64.zip', sha256: ARM64 },
    { path: 'session-manager-plugin-1.3.0.0-windows-x64.zip', sha256: X64 },
    { path: 'windows/SessionManagerPlugin.zip', sha256: 'd'.repeat(64) },
  ],
  minisignKey: undefined,
  key: {
    fingerprint: 'F'.repeat(40),
    armored:
      '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME+/==\n=N/a8\n-----END PGP PUBLIC KEY BLOCK-----\n',
  },
};

/** The value of a variable of the script, between single quotes. */
function valueOf(script: string, name: string): string | undefined {
  return new RegExp(`\\$${name} = '([^']*)'`).exec(script)?.[1];
}

// No PowerShell runs here: its grammar reads the script, and these tests read its facts.
describe('install.ps1', () => {
  for (const key of [FACTS.key, undefined]) {
    it(`is a script by the grammar of PowerShell, ${key === undefined ? 'without' : 'with'} a key`, async () => {
      const script = installScript(POWERSHELL_SCRIPT, { ...FACTS, key });
      assert.ok(await isPowershell(script));
    });
  }

  it('is no script when it was cut off before its last line', async () => {
    const script = installScript(POWERSHELL_SCRIPT, FACTS).trimEnd();
    const lastLine = script.lastIndexOf('\n');
    assert.match(script.slice(lastLine), /^\nInstall-SessionManagerPlugin /);
    const function_ = script.indexOf('function Install-SessionManagerPlugin');
    for (let part = 1; part < 20; part++) {
      const end = function_ + Math.floor(((lastLine - 2 - function_) * part) / 20);
      assert.ok(!(await isPowershell(script.slice(0, end))), script.slice(end - 40, end));
    }
  });

  it('contains the URLs and digests of the archives for Windows, and no others', () => {
    const script = installScript(POWERSHELL_SCRIPT, FACTS);
    assert.equal(valueOf(script, 'release'), '1.3.0.0');
    assert.equal(valueOf(script, 'downloads'), 'https://downloads.example.com/plugin');
    assert.equal(
      valueOf(script, 'digests'),
      `${ARM64}  session-manager-plugin-1.3.0.0-windows-arm64.zip\n${X64}  session-manager-plugin-1.3.0.0-windows-x64.zip`,
    );
    assert.ok(script.includes('"$downloads/$Version/$Name.zip"'));
  });

  it('contains the keys that sign other versions', () => {
    const script = installScript(POWERSHELL_SCRIPT, { ...FACTS, minisignKey: 'RWQ+minisign/key=' });
    assert.equal(valueOf(script, 'minisignKey'), 'RWQ+minisign/key=');
    assert.equal(valueOf(script, 'signer'), FACTS.key?.fingerprint);
    assert.equal(valueOf(script, 'signingKey'), FACTS.key?.armored.trimEnd());
    const unsigned = installScript(POWERSHELL_SCRIPT, { ...FACTS, key: undefined });
    assert.equal(valueOf(unsigned, 'minisignKey'), '');
    assert.equal(valueOf(unsigned, 'signer'), '');
    assert.equal(valueOf(unsigned, 'signingKey'), '');
  });

  it('tries the next archive if a program does not run, and names those that did not', async () => {
    const text = await functionOf(installScript(POWERSHELL_SCRIPT, FACTS), 'Expand-Program');
    assert.match(text, /foreach \(\$processor in \$processors\)/);
    assert.match(text, /\$fault = Get-Fault .*\n\s*if \(-not \$fault\) \{ return \$unpacked \}/);
    assert.match(text, /Write-Warning "The program of \$name\.zip does not run .*\$fault"/);
    assert.match(
      text,
      /throw "The program does not run on this machine: \$\(\$faults -join ', '\)/,
    );
  });

  it('tries each signature of another version that a program verifies', async () => {
    const text = await functionOf(installScript(POWERSHELL_SCRIPT, FACTS), 'Get-SignedDigests');
    for (const form of ['asc', 'minisig']) assert.ok(text.includes(`$forms += '${form}'`));
    assert.match(
      text,
      /foreach \(\$form in \$forms\)[^]*catch \{[^}]*continue[^]*if \(\$isSigned\) \{ return/,
    );
  });

  it('has the new junction ready before it renames the earlier one, and removes neither before that', () => {
    const script = installScript(POWERSHELL_SCRIPT, FACTS);
    const steps = [
      'New-Item -ItemType Junction -Path $nextLink',
      '[IO.Directory]::Move($current, $earlierLink)',
      '[IO.Directory]::Move($nextLink, $current)',
      '[IO.Directory]::Move($earlierLink, $current)',
      '[IO.Directory]::Delete($link)',
    ].map((step) => script.indexOf(step));
    assert.ok(!steps.includes(-1));
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
    );
    assert.doesNotMatch(script, /Delete\(\$current\)/);
  });

  it('has no fact that would end its quotes', () => {
    const facts = { ...FACTS, downloads: "https://example.com/'; Remove-Item" };
    assert.throws(() => installScript(POWERSHELL_SCRIPT, facts), {
      name: 'BuildError',
      message: /^install\.ps1 cannot contain DOWNLOADS/,
    });
  });

  it('has only letters that Windows PowerShell reads the same in every code page', () => {
    const text = readFileSync(join(ROOT, 'packaging/installers', POWERSHELL_SCRIPT), 'latin1');
    assert.match(text, /^[\n -~]*$/);
  });
});
