import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BUILD_OUTPUTS } from '../../../build/build-settings.ts';
import { runTool, type Tool } from '../../../build/tool.ts';
import { buildNpmPackage, npmPackageName } from '../../../packaging/npm/npm-package.ts';
import { npmVersion } from '../../../packaging/npm/npm-version.ts';
import { checkDownloadSize } from '../../../packaging/size-limits.ts';
import { VERSION } from '../../support/product.ts';
import { smallRelease } from '../support/small-release.ts';

const TAR: Tool = { program: 'tar', debianPackage: 'tar' };

/** Everything in the package, besides the guides. */
const CONTENTS = [
  'LICENSE',
  'NOTICE',
  'README.md',
  'THIRD-PARTY',
  'VERSION',
  'bin/aws-commands.cjs',
  'bin/aws-s3.cjs',
  'bin/aws-sign-in.cjs',
  'bin/aws.cjs',
  'bin/commands.cjs',
  'bin/seelog.cjs',
  'bin/session-aws.cjs',
  'bin/session-manager-plugin.cjs',
  'bin/session.cjs',
  'build.json',
  'package.json',
  'seelog.xml.template',
  'share/man/man1/session-manager-plugin.1',
];
/** What several files of the program need. */
const SHARED_FILE = /^package\/bin\/(?:p[a-z0-9]+|helpers)\.cjs$/;
/** What npm runs when it installs a package, or fetches for it. */
const FORBIDDEN = [
  'scripts',
  'gypfile',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'bundleDependencies',
  'os',
  'cpu',
];

describe('the npm package', () => {
  let directory = '';
  let file = '';
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'npm-package-test-'));
    file = join(directory, npmPackageName(VERSION));
    await buildNpmPackage(smallRelease(VERSION), file);
  });
  after(() => rmSync(directory, { recursive: true }));

  it('has at most 600 KB', () => {
    assert.ok(statSync(file).size > 0);
    checkDownloadSize(file, file);
  });

  it('contains the program, its licences and its man page, and nothing else', () => {
    const all = runTool(TAR, ['-tzf', file]).toString('utf8').trimEnd().split('\n');
    const listed = all.filter((path) => !SHARED_FILE.test(path));
    const expected = CONTENTS.map((path) => `package/${path}`);
    assert.deepEqual(listed.sort(), expected.sort());
  });

  it('has a manifest by which npm installs only this program, and runs and fetches nothing', () => {
    const text = runTool(TAR, ['-xOzf', file, 'package/package.json']).toString('utf8');
    const manifest = JSON.parse(text) as Readonly<Record<string, unknown>>;
    assert.deepEqual(
      FORBIDDEN.filter((name) => name in manifest),
      [],
    );
    const { name, version, license, engines, bin } = manifest;
    assert.deepEqual(
      { name, version, license, engines, bin },
      {
        name: 'session-manager-plugin',
        version: npmVersion(VERSION),
        license: 'Apache-2.0',
        engines: { node: '>=20.19' },
        bin: { 'session-manager-plugin': 'bin/session-manager-plugin.cjs' },
      },
    );
  });

  it('names the licences of all packages in it, and not that of Node.js', () => {
    const text = runTool(TAR, ['-xOzf', file, 'package/THIRD-PARTY']).toString('utf8');
    assert.match(text, /^ws 8\./m);
    assert.match(text, /^@aws-sdk\/client-ssm 3\./m);
    assert.doesNotMatch(text, /^Node\.js \d/m);
  });

  describe('its files for AWS', () => {
    const load = createRequire(import.meta.url);
    let programs = '';
    before(() => {
      const unpacked = join(directory, 'unpacked');
      mkdirSync(unpacked);
      runTool(TAR, ['-xzf', file, '-C', unpacked]);
      programs = join(unpacked, 'package', 'bin');
    });

    it('have the same functions as the bundle', () => {
      for (const name of ['aws.cjs', 'aws-commands.cjs', 'aws-s3.cjs', 'aws-sign-in.cjs']) {
        const packed = load(join(programs, name)) as object;
        const bundled = load(join(BUILD_OUTPUTS.bundle, name)) as object;
        assert.notEqual(Object.keys(bundled).length, 0);
        assert.deepEqual(Object.keys(packed).sort(), Object.keys(bundled).sort());
      }
    });

    it('load one another, and what Node.js has, and nothing else', () => {
      const files = readdirSync(programs);
      const texts = files.map((name) => readFileSync(join(programs, name), 'utf8'));
      const loaded = texts.flatMap((text) =>
        [...text.matchAll(/\b(?:require|import)\("([^"\n]+)"\)/g)].map(([, name = '']) => name),
      );
      const unknown = loaded.filter(
        (name) => !isBuiltin(name) && !files.includes(name.replace(/^\.\//, '')),
      );
      // The AWS SDK loads one in browsers, the other for signatures of version 4a, if it is there.
      assert.deepEqual([...new Set(unknown)].sort(), ['@aws-sdk/signature-v4-crt', 'bowser']);
      const used = new Set(loaded.map((name) => name.replace(/^\.\//, '')));
      const unused = files.filter((name) => /^p\d/.test(name) && !used.has(name));
      assert.deepEqual(unused, []);
    });

    it('keep the names of functions, which stack traces show', () => {
      const { createSessionPart } = load(join(programs, 'aws.cjs')) as {
        readonly createSessionPart: (options: undefined) => unknown;
      };
      assert.throws(
        () => createSessionPart(undefined),
        (error) =>
          error instanceof TypeError &&
          /at createSdkCalls .*\n.* at (?:Object\.)?createSessionPart /.test(error.stack ?? ''),
      );
    });

    it('keep the names of classes, which the AWS SDK compares', () => {
      const text = readdirSync(programs)
        .map((name) => readFileSync(join(programs, name), 'utf8'))
        .join('\n');
      assert.ok(/constructor\?\.name[!=]==?"NoOpLogger"/.test(text));
      assert.ok(text.includes('(this,"NoOpLogger")'));
    });
  });

  it('is the same file when it is made again, with another umask', async () => {
    const again = join(directory, 'again.tgz');
    const umask = process.umask(0o077);
    try {
      await buildNpmPackage(smallRelease(VERSION), again);
    } finally {
      process.umask(umask);
    }
    assert.ok(readFileSync(again).equals(readFileSync(file)));
  });
});

describe('the version of the npm package', () => {
  it('has the first three numbers of the version', () => {
    assert.equal(npmVersion('1.3.0.0'), '1.3.0');
    assert.equal(npmVersion('1.12.34.0'), '1.12.34');
  });

  it('does not exist for a fourth number, which npm cannot order', () => {
    assert.throws(() => npmVersion('1.3.0.1'), /VERSION is 1\.3\.0\.1.*raise the third/);
  });
});
