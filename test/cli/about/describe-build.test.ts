import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readBuildFacts } from '../../../src/cli/about/build-facts.ts';
import { describeBuild } from '../../../src/cli/about/describe-build.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const FACTS = {
  install: 'deb',
  target: 'linux-x64',
  commit: '0123456789abcdef0123456789abcdef01234567',
  runtimeEnds: { '26': '2029-04-30' },
};

describe('what the build has recorded', () => {
  it('is read above the directories of an installed program, else beside it', (t) => {
    const root = temporaryDirectory(t);
    for (const name of ['bin', 'lib', 'dist']) mkdirSync(join(root, name));
    writeFileSync(join(root, 'build.json'), JSON.stringify(FACTS));
    for (const name of ['bin', 'lib', '.']) {
      assert.deepEqual(readBuildFacts(join(root, name)), FACTS, name);
    }
    assert.equal(readBuildFacts(join(root, 'dist')), undefined);
  });

  it('lacks the commit of an archive', (t) => {
    const root = temporaryDirectory(t);
    const { commit, ...others } = FACTS;
    assert.equal(commit.length, 40);
    writeFileSync(join(root, 'build.json'), JSON.stringify(others));
    assert.deepEqual(readBuildFacts(root), { ...others, commit: undefined });
  });

  it('is nothing if the file is damaged', (t) => {
    const root = temporaryDirectory(t);
    for (const text of ['', '[]', '{"install":"deb"}', '{"install":1,"target":"x"}']) {
      writeFileSync(join(root, 'build.json'), text);
      assert.equal(readBuildFacts(root), undefined, text);
    }
    writeFileSync(join(root, 'build.json'), '{"install":"deb","target":"x","runtimeEnds":[1]}');
    assert.deepEqual(readBuildFacts(root)?.runtimeEnds, {});
  });
});

describe('the description of a build', () => {
  it('names the container image', () => {
    const text = describeBuild('1.3.0.0', '26.12.1', { ...FACTS, install: 'image' });
    assert.match(text, /^install {2}container image$/m);
  });

  it('names version, runtime with its end, target, installation and commit', () => {
    assert.equal(
      describeBuild('1.3.0.0', '26.12.1', FACTS),
      [
        'version  1.3.0.0',
        'runtime  Node.js 26.12.1 (security fixes until 2029-04-30)',
        'target   linux-x64',
        'install  deb package',
        'commit   0123456789abcdef0123456789abcdef01234567',
        '',
      ].join('\n'),
    );
  });

  it('names what is not known', () => {
    const facts = { ...FACTS, install: 'snap', commit: undefined };
    assert.match(
      describeBuild('1.3.0.0', '99.0.0', facts),
      /Node\.js 99\.0\.0\n.*\ninstall {2}snap\ncommit {3}unknown: /,
    );
    const nothing = describeBuild('1.3.0.0', '26.12.1', readBuildFacts('/nowhere'));
    assert.equal(nothing.match(/not recorded/g)?.length, 3);
  });

  it('shows control characters of the record', () => {
    const text = describeBuild('1.3.0.0', '26.12.1', { ...FACTS, target: 'a\u001b[2Jb' });
    assert.ok(!text.includes('\u001b'));
  });
});
