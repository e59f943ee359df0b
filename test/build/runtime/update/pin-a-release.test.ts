import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { suiteScope } from '../../../support/cleanup-scope.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { GPG, GPGCONF } from '../../../support/tools.ts';
import { createProject, type Outcome, type Project } from '../../support/small-project.ts';
import { makeReleaseKey } from '../support/release-key.ts';
import { createVendorSite } from '../support/vendor-site.ts';
import { writeReleasers } from '../support/write-releasers.ts';

const SCRIPT = 'build/runtime/update/main.mjs';

/** The integrity that npm states for a package. */
function integrity(release: string): string {
  return `sha512-${Buffer.alloc(64, release).toString('base64')}`;
}

/** Versions of a package, with the days on which npm got them. */
function releases(name: string, days: Readonly<Record<string, string>>): unknown {
  return Object.fromEntries(
    Object.entries(days).map(([version, day]) => [
      version,
      { time: `${day}T01:02:03.000Z`, integrity: integrity(`${name}@${version}`) },
    ]),
  );
}

const REGISTRY = {
  'node-build': releases('node-build', {
    '26.10.0': '2026-09-23',
    '26.12.1': '2026-10-22',
    '24.1.0': '2026-01-02',
  }),
  'node-early': releases('node-early', { '26.10.0': '2026-09-20', '26.12.1': '2026-10-21' }),
  'node-late': releases('node-late', {
    '26.10.0': '2026-09-30',
    '26.11.0': '2026-10-09',
    '26.13.0-rc.1': '2026-11-01',
  }),
};
const OLD = { megabytes: 5, version: '24.1.0', published: '2026-01-02' };
const PINS = {
  'linux-x64': { package: 'node-build', ...OLD, integrity: 'sha512-old', generators: {} },
  'darwin-x64': { package: 'node-early', ...OLD, integrity: 'sha512-old', note: 'stays' },
  'win32-x64': { package: 'node-late', ...OLD, sha256: 'old' },
};

interface Setting {
  readonly project: Project;
  readonly pin: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<Outcome>;
  /** What the file holds, as text. */
  readonly pins: () => string;
}

describe('npm run runtimes -- VERSION', () => {
  const scope = suiteScope();

  const createSetting = async (pins: unknown = PINS): Promise<Setting> => {
    const root = await mkdtemp(join(temporaryDirectory(scope), 'project-'));
    const project = await createProject(root);
    await project.write('registry.json', JSON.stringify(REGISTRY));
    await project.write('build/runtimes.json', `${JSON.stringify(pins, undefined, 2)}\n`);
    return {
      project,
      pin: (args, env = {}) => project.runScript(SCRIPT, args, { SSM_NODE_DIST: '', ...env }),
      pins: () => readFileSync(join(root, 'build/runtimes.json'), 'utf8'),
    };
  };

  it('pins for each system that release, or the newest before it that also the system that builds has', async () => {
    const { pin, pins } = await createSetting();
    const { status, stderr, stdout } = await pin(['26.12.1']);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^build\/runtimes\.json\nsystem .*\nlinux-x64 +26\.12\.1 +2026-10-21 /);
    assert.deepEqual(JSON.parse(pins()), {
      'linux-x64': {
        package: 'node-build',
        megabytes: 5,
        version: '26.12.1',
        published: '2026-10-21',
        integrity: integrity('node-build@26.12.1'),
        generators: { '26.10.0': { integrity: integrity('node-build@26.10.0') } },
      },
      'darwin-x64': {
        package: 'node-early',
        megabytes: 5,
        version: '26.12.1',
        published: '2026-10-21',
        integrity: integrity('node-early@26.12.1'),
        note: 'stays',
      },
      // Not 26.11.0, for which no program could be made.
      'win32-x64': {
        package: 'node-late',
        megabytes: 5,
        version: '26.10.0',
        published: '2026-09-20',
        integrity: integrity('node-late@26.10.0'),
      },
    });
    assert.equal(pins(), `${JSON.stringify(JSON.parse(pins()), undefined, 2)}\n`);
  });

  describe("with the vendor's archives", needs(GPG, GPGCONF), () => {
    it('pins what npm lacks by the signed digest, and what both have by both digests', async () => {
      const { project, pin, pins } = await createSetting();
      const key = makeReleaseKey(scope, 'Releaser');
      await writeReleasers(project, { Releaser: key });
      const site = createVendorSite(scope);
      site.addRelease('26.12.1', key, ['linux-x64', 'darwin-x64', 'win-x64']);
      const env = { SSM_NODE_DIST: site.directory, SSM_NODE_KEYS: join(project.root, 'keys') };
      const { status, stderr } = await pin(['26.12.1'], env);
      assert.equal(status, 0, stderr);
      const chosen = JSON.parse(pins()) as Record<string, Record<string, unknown>>;
      assert.deepEqual(
        ['linux-x64', 'win32-x64'].map((target) => [
          chosen[target]?.['version'],
          chosen[target]?.['integrity'],
          chosen[target]?.['sha256'],
        ]),
        [
          [
            '26.12.1',
            integrity('node-build@26.12.1'),
            site.digestOf('v26.12.1/node-v26.12.1-linux-x64.tar.gz'),
          ],
          ['26.12.1', undefined, site.digestOf('v26.12.1/win-x64/node.exe')],
        ],
      );
      assert.deepEqual(chosen['linux-x64']?.['generators'], {});

      const before = pins();
      assert.equal((await pin(['26.12.1'])).status, 0);
      assert.equal(pins(), before, 'what only the vendor has stays pinned without it');
    });

    it('changes nothing if a signature is wrong', async () => {
      const { project, pin, pins } = await createSetting();
      const before = pins();
      await writeReleasers(project, { Releaser: makeReleaseKey(scope, 'Releaser') });
      const site = createVendorSite(scope);
      site.addRelease('26.12.1', makeReleaseKey(scope, 'Stranger'), ['linux-x64']);
      const env = { SSM_NODE_DIST: site.directory, SSM_NODE_KEYS: join(project.root, 'keys') };
      const { status, stderr } = await pin(['26.12.1'], env);
      assert.equal(status, 1);
      assert.match(stderr, /SHASUMS256\.txt is signed by a key that is not among/);
      assert.equal(pins(), before);
    });
  });

  describe('changes nothing, and exits with status 1,', () => {
    for (const [name, args, message] of [
      ['without three numbers', ['26.12'], /"26\.12" is not a release: give three numbers/],
      ['for a release that is not final', ['26.13.0-rc.1'], /is not a release/],
      ['for two versions', ['26.12.1', '26.10.0'], /give one version, or one option/],
      ['for an option that it does not know', ['--latest'], /'--latest'/],
      [
        'for a release that no source has',
        ['26.12.9'],
        /no source \(npm\) has Node\.js 26\.12\.9; the newest of this line is 26\.12\.1/,
      ],
      [
        'for a line that no source has for some system',
        ['24.1.0'],
        /no source has Node\.js 24 up to 24\.1\.0 for win32-x64 and for linux-x64/,
      ],
    ] as const) {
      it(name, async () => {
        const { 'win32-x64': win, ...others } = PINS;
        const newer = { ...win, version: '26.10.0' };
        const { pin, pins } = await createSetting({ ...others, 'win32-x64': newer });
        const before = pins();
        const { status, stdout, stderr } = await pin(args);
        assert.match(stderr, message);
        assert.match(stderr, /^runtimes: /);
        assert.equal(stdout, '');
        assert.equal(status, 1);
        assert.equal(pins(), before);
      });
    }

    it('if npm fails, or states no digest', async () => {
      const { project, pin, pins } = await createSetting();
      const before = pins();
      const { 'node-late': late, ...others } = REGISTRY;
      await project.write('registry.json', JSON.stringify(others));
      assert.match((await pin(['26.12.1'])).stderr, /npm view node-late .* failed with status 1/);
      const broken = { '26.12.1': { time: '2026-10-22T00:00:00Z', integrity: 'sha1-x' } };
      const registry = JSON.stringify({ ...REGISTRY, 'node-late': late, 'node-build': broken });
      await project.write('registry.json', registry);
      assert.match((await pin(['26.12.1'])).stderr, /no SHA-512 integrity of node-build@26\.12\.1/);
      assert.equal(pins(), before);
    });
  });
});
