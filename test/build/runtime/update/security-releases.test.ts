import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { RuntimePin as Pin } from '../../../../build/runtime/pins.mjs';
import { listPins } from '../../../../build/runtime/update/list-pins.mjs';
import type { PinSource } from '../../../../build/runtime/update/npm-source.mjs';
import { withSecurityReleases } from '../../../../build/runtime/update/security-releases.mjs';
import { suiteScope } from '../../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { createProject, type Outcome, type Project } from '../../support/small-project.ts';

const KNOWN = {
  checked: '2026-11-01',
  ends: { '22': '2027-04-30', '26': '2029-04-30' },
  securityReleases: { '22.23.5': '2026-11-01', '26.12.1': '2026-10-01' },
};

describe('the list of pinned runtimes', () => {
  const pin = (version: string, published: string): Pin => ({
    ...{ package: 'node-x', megabytes: 1, version, published },
  });
  const source = (name: string, versions: readonly string[]): PinSource => ({
    name,
    versions: () => versions,
    find: () => undefined,
  });

  it('names the age, what each source has, what is missed, and the ends of the lines', () => {
    const text = listPins(
      { 'linux-x64': pin('26.12.1', '2026-11-28'), 'win32-x64': pin('22.23.3', '2026-09-24') },
      [source('npm', ['26.9.0', '26.12.1', '22.23.3']), source('vendor', ['26.12.10', '26.12.9'])],
      KNOWN,
      '2026-11-29',
    );
    assert.equal(
      text,
      [
        'system     pinned   published   age      npm      vendor',
        'linux-x64  26.12.1  2026-11-28  1 day    26.12.1  26.12.10',
        'win32-x64  22.23.3  2026-09-24  66 days  22.23.3  -         lacks the fixes of 22.23.5',
        '',
        'Node.js 22 ends on 2027-04-30, in 152 days.',
        'Node.js 26 ends on 2029-04-30, in 883 days.',
        'The list of security releases is of 2026-11-01.',
        '',
      ].join('\n'),
    );
  });

  it('names lines that have ended, or whose end is not known', () => {
    const pins = { a: pin('22.1.0', '2026-01-01'), b: pin('99.1.0', '2027-05-01') };
    const text = listPins(pins, [], KNOWN, '2027-05-01');
    assert.match(
      text,
      /^Node\.js 22 ended on 2027-04-30\.\nThe end of Node\.js 99 is not known\.$/m,
    );
  });
});

describe('the list of security releases', () => {
  const scope = suiteScope();
  const SCRIPT = 'build/runtime/update/main.mjs';
  const LIST = 'build/runtime/releases/known-releases.json';

  const createSetting = async (): Promise<{
    readonly project: Project;
    readonly run: (args: readonly string[], dist?: string) => Promise<Outcome>;
    readonly list: () => string;
  }> => {
    const project = await createProject(await mkdtemp(join(temporaryDirectory(scope), 'project-')));
    await project.write('build/runtimes.json', '{}\n');
    await project.write(LIST, `${JSON.stringify(KNOWN, undefined, 2)}\n`);
    return {
      project,
      run: (args, dist = '') => project.runScript(SCRIPT, args, { SSM_NODE_DIST: dist }),
      list: () => readFileSync(join(project.root, LIST), 'utf8'),
    };
  };

  it('gets those of lines with a known end, sorted, and the day', () => {
    const found = ['26.2.0', '18.1.0', '26.12.1', '26.10.3'];
    assert.deepEqual(withSecurityReleases(KNOWN, found, '2026-11-29'), {
      ...KNOWN,
      checked: '2026-11-29',
      securityReleases: {
        '22.23.5': '2026-11-01',
        '26.2.0': '2026-11-29',
        '26.10.3': '2026-11-29',
        '26.12.1': '2026-10-01',
      },
    });
  });

  it("is completed from the vendor's list of releases", async () => {
    const { run, list } = await createSetting();
    const dist = temporaryDirectory(scope);
    writeFileSync(
      join(dist, 'index.json'),
      JSON.stringify([
        { version: 'v26.12.2', date: '2026-12-01', security: true },
        { version: 'v26.12.3', date: '2026-12-09', security: false },
        { version: 'v26.13.0-rc.1', date: '2026-12-09', security: true },
      ]),
    );
    const { status, stderr } = await run(['--refresh'], dist);
    assert.equal(status, 0, stderr);
    const { securityReleases } = JSON.parse(list()) as typeof KNOWN;
    assert.deepEqual(Object.keys(securityReleases), ['22.23.5', '26.12.1', '26.12.2']);

    writeFileSync(join(dist, 'index.json'), '<html>');
    const before = list();
    const broken = await run(['--refresh'], dist);
    assert.match(broken.stderr, /index\.json is not the list of releases/);
    assert.equal(broken.status, 1);
    assert.equal(list(), before);
  });

  it('gets one by hand', async () => {
    const { run, list } = await createSetting();
    assert.equal((await run(['--security-release', '26.12.2'])).status, 0);
    assert.match(list(), /"26\.12\.2": "\d{4}-\d{2}-\d{2}"/);
  });

  it('stays as it is on a wrong input, or without the vendor', async () => {
    const { run, list } = await createSetting();
    const before = list();
    for (const [args, message] of [
      [['--refresh'], /set SSM_NODE_DIST to https:\/\/nodejs\.org\/dist/],
      [['--security-release', '26'], /"26" is not a release/],
      [['--security-release', '98.0.0'], /the end of Node\.js 98 is not known/],
      [['--refresh', '26.12.1'], /give one version, or one option/],
    ] as const) {
      const { status, stderr } = await run(args);
      assert.match(stderr, message);
      assert.equal(status, 1);
    }
    assert.equal(list(), before);
  });
});
