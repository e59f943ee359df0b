import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pinnedRuntime } from '../../../build/runtime/runtime.mjs';
import { runTool } from '../../../build/tool.ts';
import { brandExecutable } from '../../../build/windows/brand-executable.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const SEVEN_ZIP = { program: '7z', debianPackage: 'p7zip-full' };
const OSSLSIGNCODE = { program: 'osslsigncode', debianPackage: 'osslsigncode' };
const FILE = { program: 'file', debianPackage: 'file' };

const BRANDING = {
  version: '1.3.20.0',
  fileName: 'session-manager-plugin.exe',
  copyright: 'Copyright 2026 somebody',
};

function vendorBytes(): Buffer {
  return readFileSync(pinnedRuntime('win32-x64'));
}

/** Writes the branded executable of the runtime to a file of the test's own. */
function brandedFile(t: TestContext): string {
  const path = join(temporaryDirectory(t), 'branded.exe');
  writeFileSync(path, brandExecutable(vendorBytes(), BRANDING));
  return path;
}

/** What 7z reads as the version resource: names and values. */
function versionStrings(path: string): Record<string, string> {
  const text = runTool(SEVEN_ZIP, ['e', '-so', path, '.rsrc/version.txt']).toString('utf16le');
  const found = text.matchAll(/VALUE\s+"(\w+)",\s+"([^"]*)"/g);
  return Object.fromEntries(Array.from(found, ([, name = '', value = '']) => [name, value]));
}

describe('the properties of the Windows executable', () => {
  it('are the product’s, and none of the vendor’s', (t) => {
    if (!requireTools(t, SEVEN_ZIP)) return;
    assert.deepEqual(versionStrings(brandedFile(t)), {
      CompanyName: 'session-manager-plugin authors',
      FileDescription: 'Session Manager plugin for the AWS CLI',
      FileVersion: '1.3.20.0',
      InternalName: 'session-manager-plugin',
      LegalCopyright: 'Copyright 2026 somebody',
      OriginalFilename: 'session-manager-plugin.exe',
      ProductName: 'Session Manager Plugin',
      ProductVersion: '1.3.20.0',
    });
  });

  it('have the version as numbers, too', (t) => {
    if (!requireTools(t, SEVEN_ZIP)) return;
    const text = runTool(SEVEN_ZIP, ['e', '-so', brandedFile(t), '.rsrc/version.txt']);
    assert.match(text.toString('utf16le'), /^FILEVERSION\s+1,3,20,0\s*$/m);
    assert.match(text.toString('utf16le'), /^PRODUCTVERSION\s+1,3,20,0\s*$/m);
  });

  it('have an icon in four sizes, and no other', (t) => {
    if (!requireTools(t, SEVEN_ZIP)) return;
    const path = brandedFile(t);
    const listing = runTool(SEVEN_ZIP, ['l', '-slt', '-ba', path]).toString();
    const icons = Array.from(
      listing.matchAll(/^Path = (\.rsrc\/\w*ICON\S*)/gm),
      ([, name]) => name,
    );
    assert.deepEqual(icons, [
      ...[1, 2, 3, 4].map((number) => `.rsrc/ICON/${number}.ico`),
      '.rsrc/GROUP_ICON/1',
    ]);
    if (!requireTools(t, FILE)) return;
    const icon = runTool(SEVEN_ZIP, ['e', '-so', path, '.rsrc/ICON/4.ico']);
    assert.match(runTool(FILE, ['-'], { input: icon }).toString(), /icon resource - 1 icon, 64x64/);
  });

  it('come without the vendor’s signature, and a new one can be made', (t) => {
    if (!requireTools(t, OSSLSIGNCODE)) return;
    assert.throws(() => runTool(OSSLSIGNCODE, ['verify', brandedFile(t)]), /No signature found/);
  });

  it('are the same each time', () => {
    const bytes = vendorBytes();
    assert.ok(brandExecutable(bytes, BRANDING).equals(brandExecutable(bytes, BRANDING)));
  });

  for (const version of ['1.3.0', '1.3.0.0.1', '1.3.0.65536', '1.3.0.x', '']) {
    it(`refuse ${version === '' ? 'no version' : `the version ${version}`}`, () => {
      assert.throws(
        () => brandExecutable(Buffer.alloc(0), { ...BRANDING, version }),
        /^BuildError: The version is not four numbers of at most 65535: /,
      );
    });
  }
});
