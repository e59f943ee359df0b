import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import { buildWindowsZip } from '../../../packaging/windows/zip.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isPowershell } from '../support/powershell-grammar.ts';
import { DOCUMENTS } from '../support/small-tree.ts';
import { filesIn, MACHINE_DIRECTORY, onDriveC } from './support/installation.ts';
import { EPOCH, smallSetup, smallWindowsTree } from './support/small-setup.ts';
import { startWine, type Wine } from './support/wine.ts';
import { requireTools } from '../../support/require-tools.ts';
import { smallRelease } from '../support/small-release.ts';
import { MAKENSIS, WINE } from '../../support/windows-tools.ts';

const UNZIP = { program: 'unzip', debianPackage: 'unzip' };
const RELEASE = smallRelease('1.3.0.0', EPOCH);

let started: Wine | undefined;
after(() => started?.remove());

interface UnpackedZip {
  readonly tree: string;
  readonly zip: string;
  /** Where the zip was unpacked. */
  readonly directory: string;
}

/** Makes a zip of a small tree, and unpacks it with a program that is not ours. */
async function unpackedZip(t: TestContext): Promise<UnpackedZip> {
  const tree = smallWindowsTree(t, '1.3.0.0');
  const zip = join(temporaryDirectory(t), 'SessionManagerPlugin.zip');
  await buildWindowsZip(RELEASE, { tree, setup: smallSetup(t, '1.3.0.0'), output: zip });
  const directory = join(temporaryDirectory(t), 'with spaces');
  runTool(UNZIP, ['-q', zip, '-d', directory]);
  return { tree, zip, directory };
}

function names(zip: string): string[] {
  return runTool(UNZIP, ['-Z1', zip]).toString().trim().split('\n').sort();
}

function windows(): Wine {
  return (started ??= startWine());
}

describe('SessionManagerPlugin.zip', () => {
  it('holds the setup, the tree, and what installs the tree without the setup', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP)) return;
    const { zip } = await unpackedZip(t);
    assert.deepEqual(names(zip), [
      'SessionManagerPluginSetup.exe',
      'install.bat',
      'package.zip',
      'uninstall.bat',
    ]);
  });

  it('holds the whole tree in package.zip', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP)) return;
    const { tree, directory } = await unpackedZip(t);
    const packageZip = join(directory, 'package.zip');
    const files = [...DOCUMENTS, 'bin/session-manager-plugin.exe'];
    assert.deepEqual(names(packageZip), files.toSorted());
    runTool(UNZIP, ['-q', packageZip, '-d', join(directory, 'unpacked')]);
    for (const file of files) {
      const content = readFileSync(join(directory, 'unpacked', file));
      assert.ok(content.equals(readFileSync(join(tree, file))), file);
    }
  });

  it('is the same for the same tree, in every time zone', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP)) return;
    const { tree, zip, directory } = await unpackedZip(t);
    const again = join(directory, 'again.zip');
    const zone = process.env['TZ'];
    t.after(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    process.env['TZ'] = 'Asia/Kathmandu';
    const setup = join(directory, 'SessionManagerPluginSetup.exe');
    await buildWindowsZip(RELEASE, { tree, setup, output: again });
    assert.ok(readFileSync(again).equals(readFileSync(zip)));
    assert.match(runTool(UNZIP, ['-l', zip]).toString(), /2023-11-14 22:13 +install\.bat/);
  });

  it('has scripts with the line ends of Windows', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP)) return;
    const { directory } = await unpackedZip(t);
    for (const script of ['install.bat', 'uninstall.bat']) {
      const text = readFileSync(join(directory, script), 'utf8');
      assert.ok(text.startsWith('@echo off\r\n'));
      assert.doesNotMatch(text, /[^\r]\n/);
    }
  });
});

// Wine has neither tar.exe nor PowerShell, so that nothing is unpacked there, and PATH not changed. Its
// `call` loses the errorlevel of what it calls.
describe('install.bat', () => {
  it('needs package.zip beside it', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP, WINE)) return;
    const { directory } = await unpackedZip(t);
    const wine = windows();
    const place = onDriveC(wine, 'C:\\of a zip');
    mkdirSync(place, { recursive: true });
    copyFileSync(join(directory, 'install.bat'), join(place, 'install.bat'));
    const { exitCode, stderr } = await wine.run('cmd /c "C:\\of a zip\\install.bat"');
    assert.match(stderr, /^"C:\\of a zip\\package\.zip" is missing: unzip all of /);
    assert.equal(exitCode, 2);
    assert.equal(filesIn(wine, MACHINE_DIRECTORY), undefined);
  });

  it('reports when the package could not be unpacked', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP, WINE)) return;
    const { directory } = await unpackedZip(t);
    const wine = windows();
    const place = onDriveC(wine, 'C:\\of a zip');
    mkdirSync(place, { recursive: true });
    for (const name of ['install.bat', 'package.zip']) {
      copyFileSync(join(directory, name), join(place, name));
    }
    const { exitCode, stderr } = await wine.run('cmd /c "C:\\of a zip\\install.bat"');
    assert.match(stderr, /could not be unpacked to "C:\\Program Files\\Amazon\\/);
    assert.equal(exitCode, 1);
    rmSync(onDriveC(wine, 'C:\\Program Files\\Amazon'), { recursive: true });
  });
});

/** A directory of programs, and variables, as any program of the user can set them. */
const VARIABLES_OF_USER = {
  ProgramFiles: 'C:\\evil',
  ProgramW6432: 'C:\\evil',
  ComSpec: 'C:\\evil\\cmd.exe',
  COR_ENABLE_PROFILING: '1',
  COR_PROFILER_PATH: 'C:\\evil\\profiler.dll',
  COMPLUS_Version: 'v9',
  APPDOMAIN_MANAGER_ASM: 'evil',
  PSModulePath: 'C:\\evil',
} as const;

const POWERSHELL = String.raw`C:\windows\system32\WindowsPowerShell\v1.0\powershell.exe`;
const CALLS = String.raw`C:\calls.txt`;

/** Puts a program in the place of PowerShell that writes down what it gets. */
function recordPowershell(t: TestContext, wine: Wine): void {
  const script = join(temporaryDirectory(t), 'powershell.nsi');
  const program = join(temporaryDirectory(t), 'powershell.exe');
  const variables = ['target', ...Object.keys(VARIABLES_OF_USER)].filter(
    (name) => name !== 'ComSpec',
  );
  const lines = variables.flatMap((name) => [
    `ReadEnvStr $1 "${name}"`,
    `FileWriteUTF16LE $0 "${name}=$1$\\r$\\n"`,
  ]);
  writeFileSync(
    script,
    `
Unicode true
Target amd64-unicode
Name "powershell"
OutFile "${program}"
SilentInstall silent
Section
  FileOpen $0 "${CALLS}" a
  FileSeek $0 0 END
  ${lines.join('\n  ')}
  System::Call 'kernel32::GetCommandLineW() p .r1'
  System::Call 'kernel32::lstrlenW(p r1) i .r2'
  IntOp $2 $2 * 2
  System::Call 'kernel32::WriteFile(p r0, p r1, i r2, *i .r3, p 0)'
  FileWriteUTF16LE $0 "$\\r$\\n"
  FileClose $0
SectionEnd
`,
  );
  runTool(MAKENSIS, ['-V1', '-NOCONFIG', script]);
  copyFileSync(program, onDriveC(wine, POWERSHELL));
}

describe('the variables of the user', () => {
  for (const script of ['install.bat', 'uninstall.bat']) {
    it(`name nothing that ${script} uses`, async (t) => {
      if (!requireTools(t, MAKENSIS, UNZIP, WINE)) return;
      const { directory } = await unpackedZip(t);
      const wine = startWine();
      t.after(() => wine.remove());
      recordPowershell(t, wine);
      for (const place of [MACHINE_DIRECTORY, String.raw`C:\evil\Amazon\SessionManagerPlugin`]) {
        mkdirSync(join(onDriveC(wine, place), 'bin'), { recursive: true });
        writeFileSync(join(onDriveC(wine, place), 'VERSION'), 'earlier');
      }
      for (const name of [script, 'package.zip']) {
        copyFileSync(join(directory, name), onDriveC(wine, `C:\\${name}`));
      }
      await wine.run(
        ...Object.entries(VARIABLES_OF_USER).map(([name, value]) => `set "${name}=${value}"`),
        `C:\\windows\\system32\\cmd.exe /c C:\\${script}`,
      );
      const calls = readFileSync(onDriveC(wine, CALLS), 'utf16le');
      assert.match(calls, /^target=C:\\Program Files\\Amazon\\SessionManagerPlugin\r$/m);
      for (const name of ['COR_ENABLE_PROFILING', 'COMPLUS_Version', 'PSModulePath']) {
        assert.ok(calls.includes(`${name}=\r\n`), calls);
      }
      assert.doesNotMatch(calls.replace(/^Program(Files|W6432)=.*$/gm, ''), /evil|v9/);
      const commands = /-Command "(.*)"\r$/m.exec(calls)?.[1] ?? '';
      assert.ok(await isPowershell(commands), commands);
      assert.ok(!(await isPowershell(commands.replace('}', ''))));
      assert.deepEqual(filesIn(wine, String.raw`C:\evil`), ['Amazon/SessionManagerPlugin/VERSION']);
    });

    // Wine does not have this variable, so what is run there is not what is run on Windows.
    it(`are not where ${script} looks for Windows`, async (t) => {
      if (!requireTools(t, MAKENSIS, UNZIP)) return;
      const { directory } = await unpackedZip(t);
      const lines = readFileSync(join(directory, script), 'utf8').split('\r\n');
      const uses = lines.filter(
        (line) => !line.startsWith('rem ') && /%SystemRoot%|%windir%/i.test(line),
      );
      assert.deepEqual(uses, ['if not defined system set "system=%SystemRoot%\\System32\\"']);
      assert.ok(lines.includes('set "system=%__APPDIR__%"'));
    });
  }
});

describe('uninstall.bat', () => {
  it('takes away what was unpacked, but not what the user has', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP, WINE)) return;
    const { directory } = await unpackedZip(t);
    const wine = windows();
    const target = onDriveC(wine, MACHINE_DIRECTORY);
    mkdirSync(join(target, 'Logs'), { recursive: true });
    runTool(UNZIP, ['-q', join(directory, 'package.zip'), '-d', target]);
    writeFileSync(join(target, 'Logs', 'errors.log'), 'a line\n');
    writeFileSync(join(target, 'seelog.xml'), 'the user’s');
    copyFileSync(join(directory, 'uninstall.bat'), onDriveC(wine, 'C:\\uninstall.bat'));
    assert.equal((await wine.run('cmd /c C:\\uninstall.bat')).exitCode, 0);
    assert.deepEqual(filesIn(wine, MACHINE_DIRECTORY), ['seelog.xml']);
    assert.ok(!existsSync(join(target, 'bin')));
    rmSync(join(target, 'seelog.xml'));
    await wine.run('cmd /c C:\\uninstall.bat');
    assert.ok(!existsSync(onDriveC(wine, 'C:\\Program Files\\Amazon')));
  });

  it('leaves an installation of the setup to its uninstaller', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP, WINE)) return;
    const { directory } = await unpackedZip(t);
    const wine = windows();
    for (const name of ['SessionManagerPluginSetup.exe', 'uninstall.bat']) {
      copyFileSync(join(directory, name), onDriveC(wine, `C:\\${name}`));
    }
    assert.equal((await wine.run('C:\\SessionManagerPluginSetup.exe /S')).exitCode, 0);
    assert.equal((await wine.run('cmd /c C:\\uninstall.bat')).exitCode, 0);
    await wine.settle();
    assert.equal(filesIn(wine, MACHINE_DIRECTORY), undefined);
  });

  it('reports when there is nothing to remove', async (t) => {
    if (!requireTools(t, MAKENSIS, UNZIP, WINE)) return;
    const { directory } = await unpackedZip(t);
    const wine = windows();
    copyFileSync(join(directory, 'uninstall.bat'), onDriveC(wine, 'C:\\uninstall.bat'));
    assert.deepEqual(await wine.run('cmd /c C:\\uninstall.bat'), {
      exitCode: 0,
      stdout: `"${MACHINE_DIRECTORY}" is not there: nothing to remove.\r\n`,
      stderr: '',
    });
  });
});
