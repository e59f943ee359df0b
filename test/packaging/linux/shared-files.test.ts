import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { BUILD_OUTPUTS } from '../../../build/build-settings.ts';
import { runTool, type Tool } from '../../../build/tool.ts';
import { makeSharedFiles, SHARED_FILES } from '../../../packaging/system/shared-files.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BSDTAR } from '../../support/tools.ts';
import { smallTree } from '../support/small-tree.ts';
import { SYSTEM_PATHS } from '../support/system-paths.ts';
import { FORMATS } from './formats.ts';
import { smallRelease } from '../support/small-release.ts';

const VERSION = '1.3.0.0';
const RELEASE = smallRelease(VERSION);
const BASH: Tool = { program: 'bash', debianPackage: 'bash' };

const shared = makeSharedFiles(BUILD_OUTPUTS.bundle);

/** A small tree with the manual page and the completion scripts. */
function treeWithShared(t: TestContext): string {
  const tree = smallTree(t, VERSION);
  for (const [place, text] of shared) {
    mkdirSync(dirname(join(tree, place)), { recursive: true });
    writeFileSync(join(tree, place), text);
  }
  return tree;
}

/** What a package holds below /usr, with the content of each file. */
function unpack(t: TestContext, format: (typeof FORMATS)[number]): string {
  const directory = temporaryDirectory(t);
  const output = join(directory, `package.${format.name}`);
  format.build(RELEASE, { tree: treeWithShared(t), output }, 'amd64');
  const root = join(directory, 'root');
  mkdirSync(root);
  if (format.name === 'deb') {
    runTool({ program: 'dpkg-deb', debianPackage: 'dpkg' }, ['--extract', output, root]);
  } else {
    runTool(BSDTAR, ['-xf', output, '-C', root]);
  }
  return root;
}

for (const format of FORMATS) {
  describe(`a .${format.name} file`, () => {
    it('has the manual page and the completion scripts where the system looks for them', (t) => {
      if (!requireTools(t, BSDTAR, ...format.makingTools)) return;
      const root = unpack(t, format);
      const [bash = '', fish = '', manual = '', zsh = ''] = SYSTEM_PATHS[format.name];
      const read = (path: string): Buffer => readFileSync(join(root, path));
      assert.equal(read(bash).toString(), shared.get(SHARED_FILES.bash));
      assert.equal(read(fish).toString(), shared.get(SHARED_FILES.fish));
      assert.equal(read(zsh).toString(), shared.get(SHARED_FILES.zsh));
      assert.equal(gunzipSync(read(manual)).toString(), shared.get(SHARED_FILES.manual));
      assert.ok(
        !read(manual)
          .subarray(4, 8)
          .some((byte) => byte !== 0),
        'gzip has no time',
      );
    });
  });
}

it('the completion script of bash is loaded by the name of the program', (t) => {
  if (!requireTools(t, BASH)) return;
  const path = join(temporaryDirectory(t), 'session-manager-plugin');
  writeFileSync(path, shared.get(SHARED_FILES.bash) ?? '');
  const loaded = runTool(BASH, [
    '-c',
    `source "$1" && complete -p session-manager-plugin`,
    '-',
    path,
  ]);
  assert.match(loaded.toString(), /-F _session_manager_plugin session-manager-plugin\n$/);
});
