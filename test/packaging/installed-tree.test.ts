import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { writeInstalledTree } from '../../packaging/installed-tree.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { DOCUMENTS } from './support/small-tree.ts';

const ROOT = join(import.meta.dirname, '..', '..');

function installedTree(t: TestContext): string {
  const directory = temporaryDirectory(t);
  const program = join(directory, 'program');
  mkdirSync(join(program, 'bin'), { recursive: true });
  writeFileSync(join(program, 'bin/session-manager-plugin'), '#!/bin/sh\n');
  chmodSync(join(program, 'bin/session-manager-plugin'), 0o755);
  const tree = join(directory, 'tree');
  writeInstalledTree(tree, {
    ...{ root: ROOT, program, system: 'posix', thirdParty: 'others\n' },
    hasGuides: true,
    sharedFiles: new Map([['share/man/man1/page.1', '.TH PAGE 1\n']]),
    sourceDateEpoch: 1_770_000_001,
  });
  return tree;
}

it('packages install the guides for users beside the program, and nothing for readers of the code', (t) => {
  const tree = installedTree(t);
  assert.deepEqual(
    readdirSync(tree).sort(),
    [...DOCUMENTS, 'bin', 'docs', 'share'].sort((one, other) => (one < other ? -1 : 1)),
  );
  assert.equal(readFileSync(join(tree, 'share/man/man1/page.1'), 'utf8'), '.TH PAGE 1\n');
  const guides = readdirSync(join(tree, 'docs'));
  for (const name of ['README.md', 'install.md', 'iam.md', 'troubleshooting.md', 'images']) {
    assert.ok(guides.includes(name), name);
  }
  assert.ok(!guides.includes('design'));
});

it('the links of installed documents name files that are installed', (t) => {
  const tree = installedTree(t);
  const links = globSync(['*.md', 'docs/*.md'], { cwd: tree }).flatMap((document) => {
    const text = readFileSync(join(tree, document), 'utf8');
    const targets = [...text.matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)];
    return targets.map(([, target = '']) => join(dirname(document), target));
  });
  for (const guide of ['docs/install.md', 'docs/iam.md', 'docs/images/shell.svg']) {
    assert.ok(links.includes(guide), guide);
  }
  for (const path of links) assert.ok(existsSync(join(tree, path)), path);
});

it('an installed document has the text of a link to a page that is not installed', (t) => {
  const tree = installedTree(t);
  const guide = readFileSync(join(tree, 'docs', 'install.md'), 'utf8');
  assert.match(guide, /^CONTRIBUTING\.md lists the programs/m);
});
