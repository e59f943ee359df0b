import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { needs } from '../../support/require-tools.ts';
import { CURL, DASH, OPENSSL } from '../../support/tools.ts';
import {
  archiveName,
  publishVersion,
  scriptOf,
  startReleaseSite,
  type ReleaseSite,
} from './support/release-site.ts';
import { newUser, replaceProgram, runScript } from './support/run-install.ts';

/** What programs print that the script asks about the machine. */
interface Machine {
  readonly system: string;
  readonly processor: string;
  /** As `getconf GNU_LIBC_VERSION` prints it; it fails without. */
  readonly glibc?: string;
  /** As `getconf LONG_BIT` prints it. */
  readonly bits?: number;
  /** As `sysctl -n sysctl.proc_translated` prints it. */
  readonly isTranslated?: boolean;
}

const GLIBC = { glibc: 'glibc 2.36' };

const ARCHIVES: readonly (readonly [name: string, Machine, target: string])[] = [
  ['Linux on x86_64', { system: 'Linux', processor: 'x86_64', ...GLIBC }, 'linux-x64'],
  ['Linux on ARM64', { system: 'Linux', processor: 'aarch64', ...GLIBC }, 'linux-arm64'],
  ['the oldest glibc', { system: 'Linux', processor: 'x86_64', glibc: 'glibc 2.28' }, 'linux-x64'],
  ['a later glibc', { system: 'Linux', processor: 'x86_64', glibc: 'glibc 3.0' }, 'linux-x64'],
  [
    'an older glibc',
    { system: 'Linux', processor: 'x86_64', glibc: 'glibc 2.27.9' },
    'linux-x64-static',
  ],
  ['musl', { system: 'Linux', processor: 'aarch64' }, 'linux-arm64-static'],
  [
    'programs for 32 bits',
    { system: 'Linux', processor: 'aarch64', ...GLIBC, bits: 32 },
    'linux-arm64-static',
  ],
  ['Apple silicon', { system: 'Darwin', processor: 'arm64' }, 'macos-arm64'],
  [
    'Apple silicon under Rosetta',
    { system: 'Darwin', processor: 'x86_64', isTranslated: true },
    'macos-arm64',
  ],
  ['a Mac with Intel', { system: 'Darwin', processor: 'x86_64', isTranslated: false }, 'macos-x64'],
];

const REFUSED: readonly (readonly [name: string, Machine, message: RegExp])[] = [
  [
    'x86',
    { system: 'Linux', processor: 'i686', ...GLIBC },
    /no archive for x86\. Install the deb or the rpm package/,
  ],
  [
    'another processor',
    { system: 'Linux', processor: 'riscv64', ...GLIBC },
    /no archive for riscv64\. Use the npm package/,
  ],
  [
    'another system',
    { system: 'FreeBSD', processor: 'amd64' },
    /no archive for FreeBSD\. Use the npm package/,
  ],
  [
    'Windows',
    { system: 'MINGW64_NT-10.0-19045', processor: 'x86_64' },
    /does not install on Windows\. Run install\.ps1 in PowerShell: https:.*\/latest\/install\.ps1/,
  ],
];

describe('install.sh on a machine', needs(OPENSSL, DASH, CURL), () => {
  const scope = suiteScope();
  let site: ReleaseSite;
  before(async () => {
    site = await startReleaseSite(scope);
    await publishVersion(scope, site, '1.3.0.0', [
      ...new Set(ARCHIVES.map(([, , target]) => target)),
    ]);
  });

  const userOf = (
    t: Parameters<typeof newUser>[0],
    machine: Machine,
  ): ReturnType<typeof newUser> => {
    const user = newUser(t, site);
    const { system, processor, glibc, bits = 64, isTranslated } = machine;
    replaceProgram(user, 'uname', `case $1 in -s) echo ${system} ;; -m) echo ${processor} ;; esac`);
    const version = glibc === undefined ? 'exit 1' : `echo ${glibc}`;
    replaceProgram(user, 'getconf', `case $1 in LONG_BIT) echo ${bits} ;; *) ${version} ;; esac`);
    const translated = isTranslated === undefined ? 'exit 1' : `echo ${Number(isTranslated)}`;
    replaceProgram(user, 'sysctl', translated);
    return user;
  };

  for (const [name, machine, target] of ARCHIVES) {
    it(`downloads ${target} for ${name}`, async (t) => {
      const user = userOf(t, machine);
      const { status, stdout, stderr } = await runScript(t, user, scriptOf(site, '1.3.0.0'));
      assert.deepEqual([status, stderr], [0, '']);
      assert.ok(stdout.includes(`/${archiveName('1.3.0.0', target)}.tar.gz\n`), stdout);
    });
  }

  for (const [name, machine, message] of REFUSED) {
    it(`refuses ${name}, and names another way`, async (t) => {
      const user = userOf(t, machine);
      const { status, stdout, stderr } = await runScript(t, user, scriptOf(site, '1.3.0.0'));
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(stderr, message);
    });
  }

  it('installs the program with its own libraries where the usual one does not run', async (t) => {
    const changed = await startReleaseSite(t);
    await publishVersion(
      t,
      changed,
      '1.3.0.0',
      ['linux-x64', 'linux-x64-static'],
      (tree, target) => {
        if (target !== 'linux-x64') return;
        const script =
          '#!/bin/sh\necho "libstdc++.so.6: cannot open shared object file" >&2\nexit 127\n';
        writeFileSync(join(tree, 'bin/session-manager-plugin'), script);
      },
    );
    const user = userOf(t, { system: 'Linux', processor: 'x86_64', ...GLIBC });
    user.env['SSL_CERT_FILE'] = changed.authority;
    const { status, stdout, stderr } = await runScript(t, user, scriptOf(changed, '1.3.0.0'));
    assert.equal(status, 0);
    assert.match(stderr, /--version: libstdc\+\+\.so\.6: cannot open shared object file\n$/);
    assert.match(
      stdout,
      /Downloading .*-linux-x64\.tar\.gz\nDownloading .*-linux-x64-static\.tar\.gz\nInstalled/,
    );
  });

  it('changes nothing where no program runs', async (t) => {
    const changed = await startReleaseSite(t);
    await publishVersion(t, changed, '1.3.0.0', ['linux-x64'], (tree) => {
      writeFileSync(join(tree, 'bin/session-manager-plugin'), '#!/bin/sh\necho 1.2.0.0\n');
    });
    const user = userOf(t, { system: 'Linux', processor: 'x86_64', ...GLIBC });
    user.env['SSL_CERT_FILE'] = changed.authority;
    const { status, stderr } = await runScript(t, user, scriptOf(changed, '1.3.0.0'));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /--version: 1\.2\.0\.0\ninstall\.sh: The program for linux-x64 does not run on this machine\./,
    );
  });

  it('refuses a machine for which this release has no archive', async (t) => {
    const user = userOf(t, { system: 'Linux', processor: 'x86_64' });
    const small = await startReleaseSite(t);
    await publishVersion(t, small, '1.3.0.0', ['linux-x64']);
    const { status, stderr } = await runScript(t, user, scriptOf(small, '1.3.0.0'));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /Version 1\.3\.0\.0 has no archive for this machine \(linux-x64-static\)\./,
    );
    assert.deepEqual(small.requests, []);
  });
});
