import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { NATIVE_ARCHITECTURES } from '../../../build/own-libraries/native-program/architectures.ts';
import {
  LLVM_MC,
  LLVM_OBJCOPY,
  writeLauncher,
} from '../../../build/own-libraries/native-program/launcher.ts';
import { ROOT } from '../../../build/runtime/setup.mjs';
import { runTool, type Tool } from '../../../build/tool.ts';
import {
  LOADER_PREFIXES,
  restoreHiddenVariables,
} from '../../../src/cli/process/hidden-variables.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const SOURCES = 'build/own-libraries/native-program';
const PROGRAM_MODE = 0o755;
/** glibc of this machine, in place of the one that is shipped. */
const LOADER: Tool = { program: '/lib64/ld-linux-x86-64.so.2', debianPackage: 'libc6' };
const LIBC: Tool = { program: '/lib/x86_64-linux-gnu/libc.so.6', debianPackage: 'libc6' };
/** Prints its variables, in place of the program. */
const ENV: Tool = { program: '/usr/bin/env', debianPackage: 'coreutils' };

/** Starts the launcher with these variables. @returns those that the program gets */
function startWith(
  t: TestContext,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const directory = temporaryDirectory(t);
  for (const name of ['bin', 'lib']) mkdirSync(join(directory, name));
  const launcher = join(directory, 'bin/session-manager-plugin');
  writeLauncher(NATIVE_ARCHITECTURES.x64, launcher);
  chmodSync(launcher, PROGRAM_MODE);
  copyFileSync(LOADER.program, join(directory, 'lib/ld-linux-x86-64.so.2'));
  copyFileSync(LIBC.program, join(directory, 'lib/libc.so.6'));
  copyFileSync(ENV.program, join(directory, 'lib/session-manager-plugin'));
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const printed = runTool(ENV, ['--ignore-environment', ...assignments, launcher, '--null']);
  return Object.fromEntries(
    printed
      .toString('utf8')
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const end = line.indexOf('=');
        return [line.slice(0, end), line.slice(end + 1)];
      }),
  );
}

describe('the launcher of a program with its own libraries', () => {
  it('hides variables of the loader from it, and the program gives them their names again', (t) => {
    if (platform() !== 'linux' || arch() !== 'x64') {
      t.skip('its program is for Linux on x86-64');
      return;
    }
    if (!requireTools(t, LLVM_MC, LLVM_OBJCOPY, LOADER, LIBC, ENV)) return;
    const others = { L: '', LD: '1', GLIBC: '2', GLIBC_T: '3', LANG: 'C', LAST: 'x' };
    const hidden = {
      LD_DEBUG: 'libs',
      LD_PRELOAD: '/nonexistent.so',
      GLIBC_TUNABLES: 'glibc.malloc.check=3',
    };
    const seen = startWith(t, { ...others, ...hidden });
    assert.deepEqual(seen, {
      ...others,
      $D_DEBUG: hidden.LD_DEBUG,
      $D_PRELOAD: hidden.LD_PRELOAD,
      $LIBC_TUNABLES: hidden.GLIBC_TUNABLES,
    });
    restoreHiddenVariables(seen, () => true);
    assert.deepEqual(seen, { ...others, ...hidden });
  });

  for (const { name } of Object.values(NATIVE_ARCHITECTURES)) {
    it(`hides the variables that the program knows (${name})`, () => {
      const source = readFileSync(join(ROOT, SOURCES, `launcher-${name}.s`), 'utf8');
      const prefixes = [...source.matchAll(/^\.equ \w+_PREFIX, 0x(?<digits>[0-9a-f]+)/gm)].map(
        ({ groups }) =>
          Buffer.from(groups?.['digits'] ?? '', 'hex')
            .reverse()
            .toString('latin1'),
      );
      assert.deepEqual(prefixes, LOADER_PREFIXES);
    });
  }
});
