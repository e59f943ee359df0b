import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runTool, ToolError } from '../../../build/tool.ts';
import { windowsSigning } from '../../../build/windows/windows-signing.ts';
import { buildSetup } from '../../../packaging/windows/setup.ts';
import { createSigningCertificate } from '../../build/support/signing-certificate.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { onDriveC } from './support/installation.ts';
import { EPOCH, smallSetup, smallWindowsTree } from './support/small-setup.ts';
import { startWine } from './support/wine.ts';
import { requireTools } from '../../support/require-tools.ts';
import { smallRelease } from '../support/small-release.ts';
import { MAKENSIS, WINE } from '../../support/windows-tools.ts';

const SEVEN_ZIP = { program: '7z', debianPackage: 'p7zip-full' };
const FILE = { program: 'file', debianPackage: 'file' };
const OSSLSIGNCODE = { program: 'osslsigncode', debianPackage: 'osslsigncode' };
const RELEASE = smallRelease('1.3.0.0', EPOCH);
const OPTIONS = {
  architecture: 'x64',
  signing: windowsSigning({}),
  makensis: MAKENSIS,
} as const;
/** ERROR_EXE_MACHINE_TYPE_MISMATCH (winerror.h). */
const WRONG_PROCESSOR = 216;

describe('the setup', () => {
  it('is a program with windows for x64, with a description in its properties', (t) => {
    if (!requireTools(t, MAKENSIS, SEVEN_ZIP, FILE)) return;
    const setup = smallSetup(t, '1.3.0.0');
    assert.match(runTool(FILE, [setup]).toString(), /PE32\+ executable \(GUI\) x86-64/);
    const version = join(temporaryDirectory(t), 'version.txt');
    writeFileSync(version, runTool(SEVEN_ZIP, ['e', '-so', '-tPE', setup, '.rsrc/version.txt']));
    const strings = readFileSync(version, 'utf16le');
    assert.match(strings, /"ProductName",\s+"Session Manager Plugin"/);
    assert.match(strings, /"FileVersion",\s+"1\.3\.0\.0"/);
    assert.match(strings, /"LegalCopyright",\s+"Copyright 2026 somebody"/);
  });

  it('asks for the rights that the user has, and knows Windows 10', (t) => {
    if (!requireTools(t, MAKENSIS)) return;
    const manifest = readFileSync(smallSetup(t, '1.3.0.0')).toString('latin1');
    assert.match(manifest, /requestedExecutionLevel level="highestAvailable"/);
    assert.match(manifest, /supportedOS Id="\{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a\}"/);
  });

  for (const compression of ['fast', 'small'] as const) {
    it(`is listed by 7z when it is packed ${compression}`, (t) => {
      if (!requireTools(t, MAKENSIS, SEVEN_ZIP)) return;
      const tree = smallWindowsTree(t, '1.3.0.0');
      const output = join(temporaryDirectory(t), 'setup.exe');
      buildSetup({ ...RELEASE, compression }, { tree, output }, OPTIONS);
      const listing = runTool(SEVEN_ZIP, ['l', output]).toString();
      for (const name of ['LICENSE', 'VERSION', 'bin/session-manager-plugin.exe.new']) {
        assert.ok(listing.includes(name), listing);
      }
      assert.match(listing, compression === 'small' ? /Method = LZMA/ : /Method = Deflate/);
    });
  }

  it('is the same for the same tree', (t) => {
    if (!requireTools(t, MAKENSIS)) return;
    const tree = smallWindowsTree(t, '1.3.0.0');
    const [one, other] = ['one.exe', 'other.exe'].map((name) => {
      const output = join(temporaryDirectory(t), name);
      buildSetup(RELEASE, { tree, output }, OPTIONS);
      return readFileSync(output);
    });
    assert.ok(one !== undefined && other?.equals(one));
  });

  it('is not made of a tree without copyright, and the error reports it', (t) => {
    if (!requireTools(t, MAKENSIS)) return;
    const tree = smallWindowsTree(t, '1.3.0.0');
    writeFileSync(join(tree, 'NOTICE'), 'nothing');
    const output = join(temporaryDirectory(t), 'setup.exe');
    assert.throws(
      () => buildSetup(RELEASE, { tree, output }, OPTIONS),
      /NOTICE has no line that begins with "Copyright"/,
    );
  });

  it('for ARM64 names it in its properties, and refuses a machine with another processor', async (t) => {
    if (!requireTools(t, MAKENSIS, SEVEN_ZIP, WINE)) return;
    const setup = smallSetup(t, '1.3.0.0', { architecture: 'arm64' });
    const version = join(temporaryDirectory(t), 'version.txt');
    writeFileSync(version, runTool(SEVEN_ZIP, ['e', '-so', '-tPE', setup, '.rsrc/version.txt']));
    assert.match(readFileSync(version, 'utf16le'), /"Session Manager Plugin Setup \(ARM64\)"/);
    const wine = startWine();
    t.after(() => wine.remove());
    copyFileSync(setup, onDriveC(wine, 'C:\\setup.exe'));
    const { exitCode, stderr } = await wine.run('C:\\setup.exe /S /D=C:\\plugin');
    assert.match(stderr, /^This setup is for Windows on ARM64, and this machine has another/);
    assert.equal(exitCode, WRONG_PROCESSOR);
    assert.equal(existsSync(onDriveC(wine, 'C:\\plugin')), false);
  });

  it('is signed, and so is the uninstaller it writes', async (t) => {
    if (!requireTools(t, MAKENSIS, OSSLSIGNCODE, WINE)) return;
    const directory = temporaryDirectory(t);
    const { pkcs12, passwordFile, authority } = createSigningCertificate(directory);
    const env = {
      SSM_SIGN_WINDOWS_CERTIFICATE: pkcs12,
      SSM_SIGN_WINDOWS_PASSWORD_FILE: passwordFile,
    };
    const setup = smallSetup(t, '1.3.0.0', { signing: windowsSigning(env) });
    const wine = startWine();
    t.after(() => wine.remove());
    copyFileSync(setup, onDriveC(wine, 'C:\\setup.exe'));
    assert.equal((await wine.run('C:\\setup.exe /S /D=C:\\plugin')).exitCode, 0);
    // The certificate is younger than the epoch that the signature names.
    const verify = ['verify', '-CAfile', authority, '-time', String(Math.floor(Date.now() / 1000))];
    for (const file of [setup, onDriveC(wine, 'C:\\plugin\\uninstall.exe')]) {
      assert.match(runTool(OSSLSIGNCODE, [...verify, file]).toString(), /CN=Test Signer/);
    }
  });

  it('is not made when it cannot be signed', (t) => {
    if (!requireTools(t, MAKENSIS, OSSLSIGNCODE)) return;
    const directory = temporaryDirectory(t);
    const { pkcs12, authority } = createSigningCertificate(directory);
    const env = {
      SSM_SIGN_WINDOWS_CERTIFICATE: pkcs12,
      // A file, but not with the password.
      SSM_SIGN_WINDOWS_PASSWORD_FILE: authority,
    };
    assert.throws(() => smallSetup(t, '1.3.0.0', { signing: windowsSigning(env) }), ToolError);
  });
});
