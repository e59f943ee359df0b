import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ATOMIC_LIBRARY } from '../../../build/binary/shipped-libraries.ts';
import { runTool } from '../../../build/tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { packagePath } from '../support/made-targets.ts';
import { requirePackages } from '../support/packages.ts';
import { requireTools } from '../../support/require-tools.ts';
import { BSDTAR, ELFDEPS, RPM } from '../../support/tools.ts';

const INSTALLED = 'usr/local/sessionmanagerplugin';
const FILES = [`${INSTALLED}/bin/session-manager-plugin`, `${INSTALLED}/lib/${ATOMIC_LIBRARY}`];

/** Parts of glibc, which comes whole. */
const OF_LIBC = /^(libm|libdl|libpthread|ld-linux-\w+(-\w+)?)\.so\.\d/;

/** One version of the symbols of a library: `libc.so.6(GLIBC_2.28)(64bit)`. */
const SYMBOL_VERSION = /^(\S+?)\((GLIBCXX|GLIBC|CXXABI|GCC)_([\d.]+)\)\(64bit\)$/;

/** The highest version needed of each library's symbols: `libc.so.6 GLIBC` to `2.28`. */
function highestVersions(lines: readonly string[]): Map<string, string> {
  const highest = new Map<string, string>();
  for (const line of lines) {
    const [, library, name, version] = SYMBOL_VERSION.exec(line) ?? [];
    if (library === undefined || name === undefined || version === undefined) continue;
    if (OF_LIBC.test(library)) continue;
    const key = `${library} ${name}`;
    if (isHigher(version, highest.get(key) ?? '0')) highest.set(key, version);
  }
  return highest;
}

function isHigher(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) > 0;
}

for (const directory of ['linux_64bit', 'linux_arm64']) {
  describe(`the program of ${directory}`, () => {
    it('needs no more of libraries than the package declares or contains', (t) => {
      const name = `${directory}/session-manager-plugin.rpm`;
      if (!requireTools(t, RPM, BSDTAR, ELFDEPS) || !requirePackages(t, name)) return;
      const file = packagePath(name);
      const extracted = temporaryDirectory(t);
      runTool(BSDTAR, ['--extract', '--file', file, '--directory', extracted]);
      const needed = FILES.flatMap((file) =>
        runTool(ELFDEPS, ['--requires', join(extracted, file)])
          .toString()
          .trim()
          .split('\n'),
      );
      const printed = runTool(RPM, ['--query', '--package', '--requires', file])
        .toString()
        .trim()
        .split('\n');
      const promised = highestVersions(printed);
      for (const [symbols, version] of highestVersions(needed)) {
        const found = promised.get(symbols) ?? '0';
        assert.ok(!isHigher(version, found), `${symbols} ${version} is needed, ${found} said`);
      }
      const libraries = needed.filter((line) => line.endsWith('()(64bit)') && !OF_LIBC.test(line));
      assert.deepEqual([...new Set(libraries)].sort(), [
        `${ATOMIC_LIBRARY}()(64bit)`,
        'libc.so.6()(64bit)',
        'libgcc_s.so.1()(64bit)',
        'libstdc++.so.6()(64bit)',
      ]);
    });
  });
}
