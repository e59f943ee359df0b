import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { after, describe, it, type TestContext } from 'node:test';
import { MACHINE_DIRECTORY, onDriveC, USER_DIRECTORY } from './support/installation.ts';
import {
  exportedPath,
  exportPath,
  importPath,
  type Hive,
  type RegistryValue,
} from './support/registry.ts';
import { smallSetup } from './support/small-setup.ts';
import { startWine, type Wine } from './support/wine.ts';
import { requireTools } from '../../support/require-tools.ts';
import { MAKENSIS, WINE } from '../../support/windows-tools.ts';

const SETUP = String.raw`C:\SessionManagerPluginSetup.exe`;
const SCOPES = {
  machine: { option: '/ALLUSERS', directory: MACHINE_DIRECTORY },
  user: { option: '/CURRENTUSER', directory: USER_DIRECTORY },
} as const satisfies Record<Hive, unknown>;

/** Longer than a string of NSIS, the 1024 characters of setx, and the 4095 of old consoles. */
const LONG_PATH = Array.from({ length: 200 }, (_, i) => `%SystemRoot%\\dïrectory ${i}`).join(';');

let started: Wine | undefined;
after(() => started?.remove());

/** PATH while the product is installed, and after it. */
interface PathValues {
  readonly installed: RegistryValue | undefined;
  readonly after: RegistryValue | undefined;
}

function windowsWithSetup(t: TestContext): Wine | undefined {
  if (!requireTools(t, WINE, MAKENSIS)) return undefined;
  if (started === undefined) {
    started = startWine();
    copyFileSync(smallSetup(t, '1.3.0.0'), onDriveC(started, SETUP));
  }
  return started;
}

/** Installs and uninstalls where PATH is this; undefined when the test is skipped. */
async function install(
  t: TestContext,
  hive: Hive,
  before: RegistryValue | undefined,
): Promise<PathValues | undefined> {
  const wine = windowsWithSetup(t);
  if (wine === undefined) return undefined;
  const { option, directory } = SCOPES[hive];
  const { exitCode } = await wine.run(
    importPath(wine, hive, before),
    `${SETUP} /S ${option}`,
    exportPath(hive, 'installed.reg'),
    // In this way it does not go on as a copy of itself.
    `"${directory}\\uninstall.exe" /S _?=${directory}`,
    exportPath(hive, 'after.reg'),
  );
  assert.equal(exitCode, 0);
  return { installed: exportedPath(wine, 'installed.reg'), after: exportedPath(wine, 'after.reg') };
}

for (const hive of ['machine', 'user'] as const) {
  const entry = `${SCOPES[hive].directory}\\bin`;

  describe(`PATH of the ${hive}`, () => {
    const added: Readonly<Record<string, readonly [RegistryValue, string]>> = {
      'of more than 4000 characters is not cut off': [
        { type: 'REG_EXPAND_SZ', data: LONG_PATH },
        `${LONG_PATH};${entry}`,
      ],
      'keeps its type': [{ type: 'REG_SZ', data: 'C:\\a' }, `C:\\a;${entry}`],
      'keeps a semicolon at its end': [
        { type: 'REG_EXPAND_SZ', data: 'C:\\a;;C:\\b;' },
        `C:\\a;;C:\\b;${entry};`,
      ],
      'is not taken to have what is part of something else': [
        { type: 'REG_SZ', data: `${entry}2;${entry}\\x;C:\\x${entry};"${entry}"` },
        `${entry}2;${entry}\\x;C:\\x${entry};"${entry}";${entry}`,
      ],
    };
    for (const [what, [before, data]] of Object.entries(added)) {
      it(what, async (t) => {
        const values = await install(t, hive, before);
        if (values === undefined) return;
        assert.deepEqual(values.installed, { type: before.type, data });
        assert.deepEqual(values.after, before);
      });
    }

    const there = {
      'has the entry once, in whatever case, and keeps what setup did not add': `C:\\a;${entry.toUpperCase()};C:\\b`,
      'has the entry once, also with a backslash at its end': `${entry}\\;C:\\b`,
    };
    for (const [what, data] of Object.entries(there)) {
      it(what, async (t) => {
        const before = { type: 'REG_EXPAND_SZ', data } as const;
        const values = await install(t, hive, before);
        if (values === undefined) return;
        assert.deepEqual(values, { installed: before, after: before });
      });
    }
  });
}

describe('PATH of a user who has none', () => {
  it('is made, and goes again', async (t) => {
    const values = await install(t, 'user', undefined);
    if (values === undefined) return;
    assert.deepEqual(values.installed, { type: 'REG_EXPAND_SZ', data: `${USER_DIRECTORY}\\bin` });
    assert.equal(values.after, undefined);
  });
});
