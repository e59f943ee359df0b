import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runTool } from '../../../build/tool.ts';
import { buildArchive } from '../../../packaging/archive/archive.ts';
import { TAR } from '../../../packaging/archive/tar-file.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BSDTAR, UNZIP } from '../../support/tools.ts';
import { becomeOtherUser } from '../support/other-user.ts';
import { smallRelease } from '../support/small-release.ts';
import { DOCUMENTS, smallTree } from '../support/small-tree.ts';

const VERSION = '1.3.0.0';
const RELEASE = smallRelease(VERSION);
const LINUX = `session-manager-plugin-${VERSION}-linux-x64`;
const WINDOWS = `session-manager-plugin-${VERSION}-windows-x64`;

/** A small tree whose program has the name of that for Windows. */
function smallWindowsTree(t: TestContext): string {
  const tree = smallTree(t, VERSION);
  const program = join(tree, 'bin', 'session-manager-plugin');
  renameSync(program, `${program}.exe`);
  return tree;
}

/** Packs a tree. @returns the path of the archive */
async function packed(t: TestContext, tree: string, name: string): Promise<string> {
  const output = join(temporaryDirectory(t), name);
  await buildArchive(RELEASE, { tree, output });
  return output;
}

describe('a plain archive', () => {
  it('for Linux and macOS contains one directory, of root, with the modes of a package', async (t) => {
    if (!requireTools(t, TAR, BSDTAR)) return;
    const tree = smallTree(t, VERSION);
    mkdirSync(join(tree, 'share'), { mode: 0o700 });
    writeFileSync(join(tree, 'share', 'private'), '', { mode: 0o600 });
    const archive = await packed(t, tree, `${LINUX}.tar.gz`);
    const listed = runTool(BSDTAR, ['--numeric-owner', '-tvf', archive], { env: { TZ: 'UTC' } });
    const entries = listed
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
      .map(([mode, , owner, group, , , , , path]) => [mode, owner, group, path].join(' '));
    const files = [...DOCUMENTS, 'share/private'].map((file) => `-rw-r--r-- 0 0 ${LINUX}/${file}`);
    const directories = ['', 'bin/', 'share/'].map((path) => `drwxr-xr-x 0 0 ${LINUX}/${path}`);
    const program = `-rwxr-xr-x 0 0 ${LINUX}/bin/session-manager-plugin`;
    assert.deepEqual(entries.sort(), [...files, ...directories, program].sort());
  });

  it('for Windows contains one directory with the tree', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const archive = await packed(t, smallWindowsTree(t), `${WINDOWS}.zip`);
    const names = runTool(UNZIP, ['-Z1', archive]).toString('utf8').trim().split('\n');
    const files = [...DOCUMENTS, 'bin/session-manager-plugin.exe'];
    assert.deepEqual(names.sort(), files.map((file) => `${WINDOWS}/${file}`).sort());
  });

  for (const [name, makeTree] of [
    [`${LINUX}.tar.gz`, (t: TestContext) => smallTree(t, VERSION)],
    [`${WINDOWS}.zip`, smallWindowsTree],
  ] as const) {
    it(`${name} is the same for the same tree, whatever umask and time zone are`, async (t) => {
      if (!requireTools(t, TAR)) return;
      const first = await packed(t, makeTree(t), name);
      becomeOtherUser(t);
      const second = await packed(t, makeTree(t), name);
      assert.ok(readFileSync(second).equals(readFileSync(first)));
    });
  }

  it('is not made of a tree without the program', async (t) => {
    const output = join(temporaryDirectory(t), `${LINUX}.tar.gz`);
    const build = buildArchive(RELEASE, { tree: temporaryDirectory(t), output });
    await assert.rejects(build, { name: 'TreeError' });
  });
});
