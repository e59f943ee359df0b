import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { spawnSync } from '../../support/child-process.ts';
import { requireTools } from '../../support/require-tools.ts';
import { MAKENSIS, WINE } from '../../support/windows-tools.ts';
import { changes } from '../support/file-list.ts';
import {
  everythingOn,
  filesIn,
  INSTALLED_FILES,
  MACHINE_DIRECTORY,
  onDriveC,
} from './support/installation.ts';
import { pathValue, registryKey, UNINSTALL } from './support/registry.ts';
import { END_FILE, smallSetup, smallWindowsTree, STARTED_FILE } from './support/small-setup.ts';
import { startWine, type Wine } from './support/wine.ts';

const SETUP = String.raw`C:\SessionManagerPluginSetup.exe`;
const TOOLS = String.raw`C:\Tools`;
const PLUGIN = `${TOOLS}\\plugin`;

/** Wine keeps of an access control list what Unix knows: the last digit is what Everyone may do. */
const EVERYONE = 0o007;
/** A directory that other users of Windows can write to, and one that they cannot. */
const OPEN = 0o777;
const CLOSED = 0o755;

/**
 * SYSTEM and Administrators may do everything, Users read and execute, nothing is inherited (Windows API,
 * "Security Descriptor String Format").
 */
const DESCRIPTOR = 'O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)';

let started: Wine | undefined;
after(() => started?.remove());

/** A Windows with the setup on drive C, and without the directories of these tests. */
function windowsWithSetup(t: TestContext): Wine | undefined {
  if (!requireTools(t, WINE, MAKENSIS)) return undefined;
  const wine = (started ??= startWine());
  copyFileSync(smallSetup(t, '1.3.0.0'), onDriveC(wine, SETUP));
  t.after(() => rmSync(onDriveC(wine, TOOLS), { recursive: true, force: true }));
  return wine;
}

/** Makes a directory with what another user might have put there. */
function prepareDirectory(wine: Wine, directory: string, mode: number): void {
  const path = onDriveC(wine, directory);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'another.dll'), 'of another user');
  chmodSync(path, mode);
}

function modeOf(wine: Wine, directory: string): number {
  return statSync(onDriveC(wine, directory)).mode & EVERYONE;
}

async function succeeds(wine: Wine, commandLine: string): Promise<void> {
  assert.deepEqual(await wine.run(commandLine), { exitCode: 0, stdout: '', stderr: '' });
}

/** Runs the setup, which refuses and leaves everything as it is. */
async function refuses(wine: Wine, options: string): Promise<string> {
  const before = everythingOn(wine);
  const path = await pathValue(wine, 'machine');
  const { exitCode, stderr } = await wine.run(`${SETUP} ${options}`);
  assert.equal(exitCode, 5, stderr);
  assert.deepEqual(changes(before, everythingOn(wine)), []);
  assert.deepEqual(await pathValue(wine, 'machine'), path);
  return stderr;
}

/** Puts a program there that leaves a mark when it is run. */
function plantUninstaller(t: TestContext, wine: Wine, directory: string): void {
  const program = join(smallWindowsTree(t, '1.3.0.0'), 'bin', 'session-manager-plugin.exe');
  mkdirSync(onDriveC(wine, directory), { recursive: true });
  copyFileSync(program, join(onDriveC(wine, directory), 'uninstall.exe'));
  // The program ends at once when this is there.
  writeFileSync(onDriveC(wine, END_FILE), '');
  t.after(() => {
    for (const file of [STARTED_FILE, END_FILE]) rmSync(onDriveC(wine, file), { force: true });
  });
}

function plantedHasRun(wine: Wine): boolean {
  return existsSync(onDriveC(wine, STARTED_FILE));
}

/** The calls that a program of Windows makes of the functions named, in their order. */
function traceCalls(wine: Wine, functions: readonly string[], args: readonly string[]): string[] {
  const registry = [
    'Windows Registry Editor Version 5.00',
    '',
    '[HKEY_CURRENT_USER\\Software\\Wine\\Debug]',
    `"RelayInclude"="${functions.join(';')}"`,
    '',
  ].join('\r\n');
  const file = onDriveC(wine, 'C:\\trace.reg');
  writeFileSync(file, registry);
  const run = (...command: string[]): string =>
    spawnSync(WINE.program, command, {
      env: { ...wine.environment, WINEDEBUG: '-all,+relay' },
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    }).stderr;
  run('regedit', '/S', 'C:\\trace.reg');
  rmSync(file);
  return run(...args)
    .split('\n')
    .filter((line) => /:Call (advapi32|KERNEL32|kernelbase)\./i.test(line));
}

describe('the setup for all users, outside of %PROGRAMFILES%,', () => {
  it('lets other users change none of the directories that it makes', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    await succeeds(wine, `${SETUP} /S /D=${TOOLS}\\new\\plugin`);
    const directory = `${TOOLS}\\new\\plugin`;
    assert.deepEqual(filesIn(wine, directory), INSTALLED_FILES);
    const made = [TOOLS, `${TOOLS}\\new`, directory, `${directory}\\bin`];
    assert.deepEqual(
      made.map((each) => modeOf(wine, each)),
      [0, 0, 0, 0],
    );
    // Once more, over itself.
    await succeeds(wine, `${SETUP} /S`);
    assert.deepEqual(filesIn(wine, directory), INSTALLED_FILES);
    await succeeds(wine, `${SETUP} /S /uninstall`);
    assert.equal(filesIn(wine, directory), undefined);
  });

  it('makes each directory with its rights, before it copies a file and changes PATH', (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    const calls = traceCalls(
      wine,
      [
        'advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW',
        'advapi32.RegSetValueExW',
        'kernel32.CreateDirectoryW',
        'kernel32.CreateFileW',
      ],
      [SETUP, '/S', `/D=${PLUGIN}`],
    );
    const about = calls.filter((call) => call.includes('Tools') || call.includes('O:BA'));
    const text = (value: string): string => `L"${value.replaceAll('\\', '\\\\')}"`;
    const [descriptor] = about;
    assert.ok(descriptor?.includes(text(DESCRIPTOR)), calls.join('\n'));
    for (const directory of [TOOLS, PLUGIN, `${PLUGIN}\\bin`]) {
      const first = about.find((call) => call.includes(text(directory)));
      assert.match(first ?? '', /CreateDirectoryW\(/, directory);
      assert.doesNotMatch(first ?? '', /,0+\) ret=/, 'with rights of its own');
    }
    const firstFile = about.findIndex((call) => call.includes('CreateFileW('));
    const lastDirectory = about.findIndex((call) => call.includes(text(`${PLUGIN}\\bin`)));
    assert.ok(lastDirectory < firstFile, about.join('\n'));
  });

  it('makes an empty directory anew that other users can write to', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    for (const directory of [TOOLS, PLUGIN]) {
      mkdirSync(onDriveC(wine, directory));
      chmodSync(onDriveC(wine, directory), OPEN);
    }
    chmodSync(onDriveC(wine, TOOLS), CLOSED);
    await succeeds(wine, `${SETUP} /S /D=${PLUGIN}`);
    assert.equal(modeOf(wine, PLUGIN), 0);
    assert.equal(modeOf(wine, TOOLS), CLOSED & EVERYONE, 'is as it was');
    await succeeds(wine, `${SETUP} /S /uninstall`);
  });

  const open = {
    'the directory': PLUGIN,
    'one above it, which they could exchange': TOOLS,
    'the directory of the program in it': `${PLUGIN}\\bin`,
  };
  for (const [what, directory] of Object.entries(open)) {
    it(`refuses when other users can write to ${what}`, async (t) => {
      const wine = windowsWithSetup(t);
      if (wine === undefined) return;
      prepareDirectory(wine, directory, OPEN);
      assert.equal(
        await refuses(wine, `/S /D=${PLUGIN}`),
        `Other users can change ${directory}, so a program for all users is not safe in ${directory.endsWith('bin') ? directory : PLUGIN}: take their rights away, name a directory that is not there yet, or use the default directory.\r\n`,
      );
    });
  }

  it('installs to a directory that only administrators can change', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    prepareDirectory(wine, PLUGIN, CLOSED);
    await succeeds(wine, `${SETUP} /S /D=${PLUGIN}`);
    assert.equal(modeOf(wine, `${PLUGIN}\\bin`), 0);
    await succeeds(wine, `${SETUP} /S /uninstall`);
    assert.deepEqual(filesIn(wine, PLUGIN), ['another.dll']);
  });

  it('refuses a link, which may be redirected later', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    prepareDirectory(wine, `${TOOLS}\\elsewhere`, CLOSED);
    symlinkSync('elsewhere', onDriveC(wine, PLUGIN));
    assert.match(await refuses(wine, `/S /D=${PLUGIN}`), /^C:\\Tools\\plugin is a link, /);
  });

  it('is not led out of %PROGRAMFILES% by ".."', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    prepareDirectory(wine, PLUGIN, OPEN);
    const sentence = await refuses(wine, String.raw`/S /D=C:\Program Files\..\Tools\plugin`);
    assert.match(sentence, /^Other users can change C:\\Tools\\plugin, /);
  });

  it('runs no uninstaller that other users can exchange', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    await succeeds(wine, `${SETUP} /S /D=${PLUGIN}`);
    chmodSync(onDriveC(wine, PLUGIN), OPEN);
    plantUninstaller(t, wine, PLUGIN);
    for (const options of ['/S /uninstall', `/S /D=${MACHINE_DIRECTORY}`]) {
      assert.equal(
        await refuses(wine, options),
        `Other users can change ${PLUGIN}, so the uninstaller in ${PLUGIN} is not run: take their rights away, and check what is in it.\r\n`,
      );
      assert.ok(!plantedHasRun(wine), options);
    }
    chmodSync(onDriveC(wine, PLUGIN), CLOSED);
    await succeeds(wine, `${SETUP} /S`);
    await succeeds(wine, `${SETUP} /S /uninstall`);
  });
});

describe('the setup in %PROGRAMFILES%', () => {
  it('leaves the rights to Windows', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    await succeeds(wine, `${SETUP} /S`);
    assert.equal(modeOf(wine, MACHINE_DIRECTORY), CLOSED & EVERYONE);
    await succeeds(wine, `${SETUP} /S /uninstall`);
  });
});

describe('the setup with administrator rights', () => {
  /** Registers an installation as any program of the user can. */
  async function registerForUser(t: TestContext, wine: Wine, directory: string): Promise<void> {
    plantUninstaller(t, wine, directory);
    const key = `HKCU\\${UNINSTALL}`;
    await wine.run(`reg add "${key}" /v InstallLocation /d "${directory}" /f >C:\\reg.txt`);
    await wine.run(
      `reg add "${key}" /v UninstallString /d "${directory}\\uninstall.exe" /f >C:\\reg.txt`,
    );
    rmSync(onDriveC(wine, 'C:\\reg.txt'));
  }

  it('runs nothing that the user’s part of the registry names, and reports where it is', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    await registerForUser(t, wine, PLUGIN);
    const user = await registryKey(wine, 'user', UNINSTALL);
    const expected = {
      '/S /CURRENTUSER':
        /^Session Manager Plugin is installed for this user in C:\\Tools\\plugin already\. /,
      '/S /uninstall':
        /^Session Manager Plugin is installed for this user only, in C:\\Tools\\plugin\. /,
      '/S /uninstall /CURRENTUSER':
        /^Session Manager Plugin is installed for this user only, in C:\\Tools\\plugin\. /,
    };
    for (const [options, sentence] of Object.entries(expected)) {
      assert.match(await refuses(wine, options), sentence);
      assert.ok(!plantedHasRun(wine), options);
    }
    await succeeds(wine, `${SETUP} /S`);
    assert.deepEqual(filesIn(wine, MACHINE_DIRECTORY), INSTALLED_FILES);
    await succeeds(wine, `${SETUP} /S /uninstall`);
    assert.ok(!plantedHasRun(wine));
    assert.deepEqual(filesIn(wine, PLUGIN), ['uninstall.exe']);
    assert.deepEqual(await registryKey(wine, 'user', UNINSTALL), user);
    await wine.run(`reg delete "HKCU\\${UNINSTALL}" /f >C:\\reg.txt`);
    rmSync(onDriveC(wine, 'C:\\reg.txt'));
  });
});
