import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { buildRecord, commitOf } from '../../../build/bundle/build-record.ts';
import { runTool } from '../../../build/tool.ts';
import { DOWNLOADS } from '../../../packaging/downloads.ts';
import { readBuildFacts } from '../../../src/cli/about/build-facts.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { smallRelease } from '../../packaging/support/small-release.ts';
import { withoutTools } from '../support/stand-in-tool.ts';

const GIT = { program: 'git', debianPackage: 'git' };

/** A repository with one commit. */
function repository(directory: string): string {
  const git = (...args: string[]): string => runTool(GIT, args, { cwd: directory }).toString();
  git('init', '--quiet');
  writeFileSync(join(directory, 'file'), 'one\n');
  git('add', 'file');
  const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  git(...author, 'commit', '--quiet', '-m', 'one');
  git(...author, 'tag', '-a', '-m', 'a tag', '1.0.0.0');
  return git('rev-parse', 'HEAD').trim();
}

describe('the commit of a build', () => {
  it('is that of the clone, also if a tag names it, with a mark if files differ', (t) => {
    const directory = temporaryDirectory(t);
    const commit = repository(directory);
    assert.match(commit, /^[0-9a-f]{40}$/);
    assert.equal(commitOf(directory), commit);
    writeFileSync(join(directory, 'file'), 'two\n');
    assert.equal(commitOf(directory), `${commit}-modified`);
  });

  it('is unknown in an unpacked archive, also in the clone of another project, and without git', (t) => {
    const directory = temporaryDirectory(t);
    assert.equal(commitOf(directory), undefined);
    repository(directory);
    mkdirSync(join(directory, 'archive'));
    assert.equal(commitOf(join(directory, 'archive')), undefined);
    withoutTools(t);
    assert.equal(commitOf(directory), undefined);
  });

  it('is the named one where a build is repeated without a clone', (t) => {
    const directory = temporaryDirectory(t);
    assert.equal(commitOf(directory, { SOURCE_COMMIT: 'abc' }), 'abc');
    assert.equal(commitOf(directory, { SOURCE_COMMIT: '' }), undefined);
  });
});

it('the record of a build is what the program reads', (t) => {
  const directory = temporaryDirectory(t);
  for (const commit of ['0123456789abcdef', undefined]) {
    writeFileSync(join(directory, 'build.json'), buildRecord('rpm', 'linux-arm64', commit));
    const facts = readBuildFacts(directory);
    assert.equal(facts?.install, 'rpm');
    assert.equal(facts.target, 'linux-arm64');
    assert.equal(facts.commit, commit);
    assert.equal(facts.runtimeEnds['22'], '2027-04-30');
  }
});

it('each download gets its own record', async (t) => {
  const download = DOWNLOADS['macos-x64'].find(({ install }) => install === 'macos-bundle');
  assert.ok(download !== undefined);
  const directory = temporaryDirectory(t);
  const tree = join(directory, 'tree');
  mkdirSync(join(tree, 'bin'), { recursive: true });
  writeFileSync(join(tree, 'bin', 'session-manager-plugin'), '', { mode: 0o755 });
  writeFileSync(join(tree, 'build.json'), 'that of another download');
  const release = { ...smallRelease('1.3.0.0'), commit: 'abc' };
  const output = join(directory, 'bundle.zip');
  await download.build(release, { tree, output }, {});
  assert.equal(readBuildFacts(tree)?.install, 'macos-bundle');
  assert.equal(readBuildFacts(tree)?.target, 'macos-x64');
  assert.equal(readBuildFacts(tree)?.commit, 'abc');
});
