import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pinFor } from '../../../build/runtime/pins.mjs';
import { runTool } from '../../../build/tool.ts';
import { VERSION } from '../../support/product.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { FILE, SEVEN_ZIP, UNZIP } from '../../support/tools.ts';
import { whenInputsChanged } from '../support/inputs-changed.ts';
import { packagePath, requireTargets } from '../support/made-targets.ts';

// Nothing here can run these programs: the tests show what they are made of. That the setup refuses a machine with
// another processor is shown by setup-file.test.ts.

const SETUP = 'windows_arm64/SessionManagerPluginSetup.exe';
const ZIP = 'windows_arm64/SessionManagerPlugin.zip';
const PROGRAM = 'bin/session-manager-plugin.exe';
/** How the setup contains the program, which it puts beside one that may run. */
const PROGRAM_IN_SETUP = `${PROGRAM}.new`;
/** With this last digit, the runtime reads the program from its resources. */
const SINGLE_EXECUTABLE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1';

function fromSetup(member: string): Buffer {
  return runTool(SEVEN_ZIP, ['x', '-so', packagePath(SETUP), member]);
}

/** Whether the downloads were made and the tools are there; if not, the test is skipped. */
function canRead(t: TestContext): boolean {
  return requireTools(t, FILE, SEVEN_ZIP, UNZIP) && requireTargets(t, 'windows-arm64');
}

/** The program of the setup, in a file. */
function programFile(t: TestContext): string {
  const path = join(temporaryDirectory(t), 'session-manager-plugin.exe');
  writeFileSync(path, fromSetup(PROGRAM_IN_SETUP));
  return path;
}

describe('the downloads for Windows on ARM64', whenInputsChanged('windows-arm64'), () => {
  it('contain a program for ARM64, with the properties and the code of the product', (t) => {
    if (!canRead(t)) return;
    const program = programFile(t);
    const kind = runTool(FILE, ['--brief', program]).toString('utf8');
    assert.match(kind, /^PE32\+ executable \(console\) Aarch64, for MS Windows/);
    const properties = runTool(SEVEN_ZIP, ['e', '-so', program, '.rsrc/1033/version.txt']);
    assert.match(properties.toString('utf16le'), /VALUE "ProductName", +"Session Manager Plugin"/);
    assert.ok(properties.toString('utf16le').includes(`"${VERSION}"`));
    const members = runTool(SEVEN_ZIP, ['l', program]).toString('utf8');
    assert.match(members, /\.rsrc\/0\/RCDATA\/NODE_SEA_BLOB$/m);
    const bytes = readFileSync(program);
    assert.ok(bytes.includes(SINGLE_EXECUTABLE));
    // The version of the runtime, and none of its variables.
    assert.ok(bytes.includes(`v${pinFor('win32-arm64').version}`));
    assert.equal(bytes.includes('\0NODE_OPTIONS\0'), false);
  });

  it('are a setup that Windows on ARM64 runs as a program for x64', (t) => {
    if (!canRead(t)) return;
    const setup = packagePath(SETUP);
    assert.match(runTool(FILE, ['--brief', setup]).toString('utf8'), /^PE32\+ .*\(GUI\) x86-64/);
    const properties = runTool(SEVEN_ZIP, ['e', '-so', '-tPE', setup, '.rsrc/version.txt']);
    assert.match(properties.toString('utf16le'), /"Session Manager Plugin Setup \(ARM64\)"/);
    assert.match(fromSetup('build.json').toString(), /"target": "windows-arm64"/);
    const { version } = pinFor('win32-arm64');
    assert.ok(fromSetup('THIRD-PARTY').toString('utf8').includes(`Node.js ${version}\n`));
  });

  it('are a ZIP file with the setup and the same program', (t) => {
    if (!canRead(t)) return;
    const directory = temporaryDirectory(t);
    runTool(UNZIP, ['-q', packagePath(ZIP), '-d', directory]);
    const setup = readFileSync(join(directory, 'SessionManagerPluginSetup.exe'));
    assert.ok(setup.equals(readFileSync(packagePath(SETUP))));
    const inner = join(directory, 'package.zip');
    const unpacked = runTool(UNZIP, ['-p', inner, PROGRAM]);
    assert.ok(unpacked.equals(fromSetup(PROGRAM_IN_SETUP)));
    const record = runTool(UNZIP, ['-p', inner, 'build.json']).toString('utf8');
    assert.match(record, /"install": "windows-zip",\n *"target": "windows-arm64"/);
  });
});
