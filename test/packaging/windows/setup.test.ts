import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { changes } from '../support/file-list.ts';
import {
  everythingOn,
  fileAppears,
  filesIn,
  INSTALLED_FILES,
  MACHINE_DIRECTORY,
  onDriveC,
  USER_DIRECTORY,
} from './support/installation.ts';
import { pathValue, registryKey, UNINSTALL } from './support/registry.ts';
import { END_FILE, smallSetup, STARTED_FILE } from './support/small-setup.ts';
import { startWine, type Wine } from './support/wine.ts';
import { requireTools } from '../../support/require-tools.ts';
import { MAKENSIS, WINE } from '../../support/windows-tools.ts';

const SETUP = String.raw`C:\SessionManagerPluginSetup.exe`;

let started: Wine | undefined;
after(() => started?.remove());

/** A Windows with the setup of this version on drive C. */
function windowsWithSetup(t: TestContext, version = '1.3.0.0'): Wine | undefined {
  if (!requireTools(t, WINE, MAKENSIS)) return undefined;
  started ??= startWine();
  copyFileSync(smallSetup(t, version), onDriveC(started, SETUP));
  return started;
}

async function succeeds(wine: Wine, commandLine: string): Promise<void> {
  assert.deepEqual(await wine.run(commandLine), { exitCode: 0, stdout: '', stderr: '' });
}

/** The uninstaller goes on as a copy of itself, which is waited for. */
async function uninstalls(wine: Wine, directory: string): Promise<void> {
  await succeeds(wine, `"${directory}\\uninstall.exe" /S`);
  await wine.settle();
}

function installedVersion(wine: Wine, directory: string): string {
  return readFileSync(join(onDriveC(wine, directory), 'VERSION'), 'utf8');
}

describe('the silent setup for all users', () => {
  it('installs to the documented directory, and its uninstaller takes all of it away', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    const before = everythingOn(wine);
    const pathBefore = await pathValue(wine, 'machine');
    await succeeds(wine, `${SETUP} /S`);
    assert.deepEqual(filesIn(wine, MACHINE_DIRECTORY), INSTALLED_FILES);
    assert.deepEqual(await pathValue(wine, 'machine'), {
      type: 'REG_EXPAND_SZ',
      data: `${pathBefore?.data ?? ''};${MACHINE_DIRECTORY}\\bin`,
    });
    await uninstalls(wine, MACHINE_DIRECTORY);
    assert.deepEqual(changes(before, everythingOn(wine)), []);
    assert.deepEqual(await pathValue(wine, 'machine'), pathBefore);
    assert.equal(await registryKey(wine, 'machine', UNINSTALL), undefined);
  });

  it('is among the apps of Windows', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    await succeeds(wine, `${SETUP} /S`);
    const values = (await registryKey(wine, 'machine', UNINSTALL)) ?? new Map<string, never>();
    const data = Object.fromEntries(Array.from(values, ([name, value]) => [name, value.data]));
    assert.ok(Number(data['estimatedsize']) > 40, String(data['estimatedsize']));
    delete data['estimatedsize'];
    const help =
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html';
    assert.deepEqual(data, {
      displayname: 'Session Manager Plugin',
      displayversion: '1.3.0.0',
      displayicon: `${MACHINE_DIRECTORY}\\bin\\session-manager-plugin.exe`,
      publisher: 'session-manager-plugin authors',
      helplink: help,
      urlinfoabout: help,
      installlocation: MACHINE_DIRECTORY,
      pathentry: `${MACHINE_DIRECTORY}\\bin`,
      uninstallstring: `"${MACHINE_DIRECTORY}\\uninstall.exe"`,
      quietuninstallstring: `"${MACHINE_DIRECTORY}\\uninstall.exe" /S`,
      nomodify: '1',
      norepair: '1',
    });
    await uninstalls(wine, MACHINE_DIRECTORY);
  });

  it('upgrades in place and keeps the user’s logging configuration, as the uninstaller does', async (t) => {
    const wine = windowsWithSetup(t, '1.3.0.0');
    if (wine === undefined) return;
    await succeeds(wine, `${SETUP} /S`);
    const directory = onDriveC(wine, MACHINE_DIRECTORY);
    writeFileSync(join(directory, 'seelog.xml'), 'the user’s');
    mkdirSync(join(directory, 'Logs'));
    for (const log of [
      'session-manager-plugin.log',
      'session-manager-plugin.log.1',
      'errors.log',
    ]) {
      writeFileSync(join(directory, 'Logs', log), 'a line\n');
    }
    const path = await pathValue(wine, 'machine');
    windowsWithSetup(t, '1.4.0.0');
    await succeeds(wine, `${SETUP} /S`);
    assert.equal(installedVersion(wine, MACHINE_DIRECTORY), 'VERSION of 1.4.0.0\n');
    assert.deepEqual(await pathValue(wine, 'machine'), path);
    const values = await registryKey(wine, 'machine', UNINSTALL);
    assert.equal(values?.get('displayversion')?.data, '1.4.0.0');
    await uninstalls(wine, MACHINE_DIRECTORY);
    assert.deepEqual(filesIn(wine, MACHINE_DIRECTORY), ['seelog.xml']);
    assert.equal(readFileSync(join(directory, 'seelog.xml'), 'utf8'), 'the user’s');
    rmSync(directory, { recursive: true });
  });

  it('leaves a program that cannot be replaced unchanged, and reports it', async (t) => {
    const wine = windowsWithSetup(t, '1.3.0.0');
    if (wine === undefined) return;
    await succeeds(wine, `${SETUP} /S`);
    const program = `${MACHINE_DIRECTORY}\\bin\\session-manager-plugin.exe`;
    const before = readFileSync(onDriveC(wine, program));
    // A program of NSIS keeps its own file open, so that it cannot even be renamed.
    const running = wine.run(`"${program}"`);
    try {
      await fileAppears(onDriveC(wine, STARTED_FILE));
      windowsWithSetup(t, '1.4.0.0');
      const { exitCode, stderr } = await wine.run(`${SETUP} /S`);
      assert.equal(exitCode, 5);
      assert.equal(
        stderr,
        `${program} cannot be replaced: end the sessions that use it, and try again.\r\n`,
      );
      assert.deepEqual(readFileSync(onDriveC(wine, program)), before);
    } finally {
      writeFileSync(onDriveC(wine, END_FILE), '');
      assert.equal((await running).exitCode, 0);
    }
    for (const file of [STARTED_FILE, END_FILE]) rmSync(onDriveC(wine, file));
    await uninstalls(wine, MACHINE_DIRECTORY);
    assert.equal(filesIn(wine, MACHINE_DIRECTORY), undefined);
  });

  it('takes the place of AWS’s own installation', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    const directory = onDriveC(wine, MACHINE_DIRECTORY);
    mkdirSync(join(directory, 'bin'), { recursive: true });
    for (const file of INSTALLED_FILES) writeFileSync(join(directory, file), 'official');
    await succeeds(wine, `${SETUP} /S`);
    for (const file of INSTALLED_FILES) {
      assert.notEqual(readFileSync(join(directory, file), 'utf8'), 'official', file);
    }
    await uninstalls(wine, MACHINE_DIRECTORY);
    assert.equal(filesIn(wine, MACHINE_DIRECTORY), undefined);
  });
});

describe('the silent setup for one user', () => {
  it('touches nothing but what is the user’s', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    const before = everythingOn(wine);
    const machinePath = await pathValue(wine, 'machine');
    await succeeds(wine, `${SETUP} /S /CURRENTUSER`);
    assert.deepEqual(filesIn(wine, USER_DIRECTORY), INSTALLED_FILES);
    const user = await registryKey(wine, 'user', UNINSTALL);
    assert.equal(user?.get('installlocation')?.data, USER_DIRECTORY);
    assert.equal(await registryKey(wine, 'machine', UNINSTALL), undefined);
    assert.deepEqual(await pathValue(wine, 'user'), {
      type: 'REG_EXPAND_SZ',
      data: `${USER_DIRECTORY}\\bin`,
    });
    assert.deepEqual(await pathValue(wine, 'machine'), machinePath);
    await uninstalls(wine, USER_DIRECTORY);
    assert.deepEqual(changes(before, everythingOn(wine)), []);
    assert.equal(await pathValue(wine, 'user'), undefined);
    assert.equal(await registryKey(wine, 'user', UNINSTALL), undefined);
  });
});

describe('the switches of AWS’s setup', () => {
  const switches = [
    '/quiet',
    '/Q',
    '/SILENT',
    '/s',
    '/passive',
    '-quiet',
    '/install /quiet /norestart',
    '/INSTALL /PASSIVE /NORESTART',
    '/install',
    '/norestart',
  ];
  for (const written of switches) {
    it(`install without a window: ${written}`, async (t) => {
      const wine = windowsWithSetup(t);
      if (wine === undefined) return;
      await succeeds(wine, `${SETUP} ${written}`);
      assert.deepEqual(filesIn(wine, MACHINE_DIRECTORY), INSTALLED_FILES);
      await succeeds(wine, `${SETUP} /uninstall ${written.replace('/install', '')}`);
      assert.equal(filesIn(wine, MACHINE_DIRECTORY), undefined);
    });
  }

  it('take those of this setup beside them', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    const before = everythingOn(wine);
    await succeeds(wine, `${SETUP} /quiet /currentuser`);
    assert.deepEqual(filesIn(wine, USER_DIRECTORY), INSTALLED_FILES);
    assert.equal(filesIn(wine, MACHINE_DIRECTORY), undefined);
    await uninstalls(wine, USER_DIRECTORY);
    await succeeds(wine, String.raw`${SETUP} /quiet /D=C:\plugin`);
    assert.deepEqual(filesIn(wine, 'C:\\plugin'), INSTALLED_FILES);
    await succeeds(wine, `${SETUP} /uninstall`);
    assert.deepEqual(changes(before, everythingOn(wine)), []);
    assert.equal(await registryKey(wine, 'machine', UNINSTALL), undefined);
    assert.equal(await registryKey(wine, 'user', UNINSTALL), undefined);
  });

  it('write a log', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    const log = (): string => readFileSync(onDriveC(wine, 'C:\\a log.txt'), 'utf16le').slice(1);
    await succeeds(wine, String.raw`${SETUP} /quiet /log "C:\a log.txt" /norestart`);
    const first = 'Session Manager Plugin 1.3.0.0\r\n';
    assert.equal(log(), `${first}Installed to ${MACHINE_DIRECTORY}\r\n`);
    await succeeds(wine, String.raw`${SETUP} /uninstall /quiet /L "C:\a log.txt"`);
    assert.equal(log(), `${first}Removed from ${MACHINE_DIRECTORY}\r\n`);
    rmSync(onDriveC(wine, 'C:\\a log.txt'));
  });

  it('uninstall nothing where nothing is installed, and report it', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    assert.deepEqual(await wine.run(`${SETUP} /uninstall /quiet`), {
      exitCode: 0,
      stdout: '',
      stderr: 'Session Manager Plugin is not installed.\r\n',
    });
  });

  const refused = [
    ['/quite', 87, /^There is no switch \/quite\. Use \/quiet, /],
    ['/quiet setup', 87, /^There is no switch setup\. /],
    ['/quiet /log', 87, /^\/log needs the file to write to/],
    [String.raw`/quiet /log Q:\setup.log`, 29, /^The log Q:\\setup\.log cannot be written: /],
  ] as const;
  for (const [written, status, sentence] of refused) {
    it(`are refused without a window when they cannot be used: ${written}`, async (t) => {
      const wine = windowsWithSetup(t);
      if (wine === undefined) return;
      const before = everythingOn(wine);
      const { exitCode, stdout, stderr } = await wine.run(`${SETUP} ${written}`);
      assert.equal(exitCode, status);
      assert.equal(stdout, '');
      assert.match(stderr, sentence);
      assert.deepEqual(changes(before, everythingOn(wine)), []);
    });
  }
});

describe('the directory that is asked for', () => {
  const directory = String.raw`C:\Tööls & more\plugin`;

  it('may have spaces and any character; the logging template names it', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    // The caret is for the command processor.
    await succeeds(wine, `${SETUP} /S /D=${directory.replace('&', '^&')}`);
    assert.deepEqual(filesIn(wine, directory), INSTALLED_FILES);
    const template = readFileSync(join(onDriveC(wine, directory), 'seelog.xml.template'), 'utf8');
    const names = Array.from(template.matchAll(/filename="([^"]*)"/g), ([, name]) => name);
    assert.deepEqual(names, [
      String.raw`C:\Tööls &amp; more\plugin\Logs\session-manager-plugin.log`,
      String.raw`C:\Tööls &amp; more\plugin\Logs\errors.log`,
    ]);
    assert.ok((await pathValue(wine, 'machine'))?.data.endsWith(`;${directory}\\bin`));
  });

  it('is kept by an upgrade that asks for none, and left by one that asks for another', async (t) => {
    const wine = windowsWithSetup(t, '1.4.0.0');
    if (wine === undefined) return;
    await succeeds(wine, `${SETUP} /S`);
    assert.equal(installedVersion(wine, directory), 'VERSION of 1.4.0.0\n');
    assert.equal(filesIn(wine, MACHINE_DIRECTORY), undefined);
    await succeeds(wine, `${SETUP} /S /D=${MACHINE_DIRECTORY}`);
    assert.equal(filesIn(wine, directory), undefined);
    assert.deepEqual(filesIn(wine, MACHINE_DIRECTORY), INSTALLED_FILES);
    const path = (await pathValue(wine, 'machine'))?.data ?? '';
    assert.ok(path.endsWith(`;${MACHINE_DIRECTORY}\\bin`), path);
    assert.ok(!path.includes(directory), path);
    await uninstalls(wine, MACHINE_DIRECTORY);
  });

  const refused = {
    'is not one': '/D=plugin',
    'is a whole drive': '/D=C:\\',
    'is in quotes': '/D="C:\\plugin"',
    'is on no drive there is': '/D=Q:\\plugin',
    'has a semicolon, which PATH cannot have': '/D=C:\\plug;in',
  };
  for (const [what, option] of Object.entries(refused)) {
    it(`is refused when it ${what}`, async (t) => {
      const wine = windowsWithSetup(t);
      if (wine === undefined) return;
      const before = everythingOn(wine);
      const { exitCode, stderr } = await wine.run(`${SETUP} /S ${option}`);
      assert.equal(exitCode, 161);
      assert.match(stderr, /^(\/D= needs a directory|The install location cannot be part of PATH)/);
      assert.deepEqual(changes(before, everythingOn(wine)), []);
    });
  }

  it('is refused when it cannot be written to', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    mkdirSync(onDriveC(wine, 'C:\\taken'));
    writeFileSync(onDriveC(wine, 'C:\\taken\\bin'), 'a file');
    const before = await pathValue(wine, 'machine');
    const { exitCode, stderr } = await wine.run(`${SETUP} /S /D=C:\\taken`);
    assert.equal(exitCode, 29);
    assert.match(stderr, /^Files cannot be written to C:\\taken: /);
    assert.deepEqual(await pathValue(wine, 'machine'), before);
    assert.equal(await registryKey(wine, 'machine', UNINSTALL), undefined);
    rmSync(onDriveC(wine, 'C:\\taken'), { recursive: true });
  });
});

describe('a Windows before 10', () => {
  it('is unchanged, and the user learns what is needed', async (t) => {
    const wine = windowsWithSetup(t);
    if (wine === undefined) return;
    wine.setVersion('win81');
    const before = everythingOn(wine);
    const result = await wine.run(`${SETUP} /S`);
    wine.setVersion('win10');
    assert.deepEqual(result, {
      exitCode: 1150,
      stdout: '',
      stderr: 'Session Manager Plugin needs Windows 10, Windows Server 2016 or newer.\r\n',
    });
    assert.deepEqual(changes(before, everythingOn(wine)), []);
  });
});
