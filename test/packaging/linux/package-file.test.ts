import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Release } from '../../../packaging/release.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { smallTree } from '../support/small-tree.ts';
import { FORMATS } from './formats.ts';
import type { PackageFormat } from './package-format.ts';
import { requireTools } from '../../support/require-tools.ts';
import { smallRelease } from '../support/small-release.ts';

const VERSION = '1.3.0.0';
const RELEASE = smallRelease(VERSION);

/** The bytes of a package of a small tree. */
function built(t: TestContext, format: PackageFormat, release: Release): Buffer {
  const output = join(temporaryDirectory(t), `package.${format.name}`);
  format.build(release, { tree: smallTree(t, VERSION), output }, 'amd64');
  return readFileSync(output);
}

for (const format of FORMATS) {
  describe(`a .${format.name} file`, () => {
    it('is the same for the same tree, to the byte', (t) => {
      if (!requireTools(t, ...format.makingTools)) return;
      for (const compression of ['fast', 'small'] as const) {
        const release = { ...RELEASE, compression };
        const first = built(t, format, release);
        const before = process.umask(0o077);
        try {
          assert.deepEqual(built(t, format, release), first);
        } finally {
          process.umask(before);
        }
      }
    });

    it('is not made of a tree without the program, or with one that cannot be run', (t) => {
      const tree = smallTree(t, VERSION);
      const output = join(temporaryDirectory(t), `package.${format.name}`);
      const build = (): void => format.build(RELEASE, { tree, output }, 'amd64');
      chmodSync(join(tree, 'bin/session-manager-plugin'), 0o644);
      assert.throws(build, { name: 'TreeError', message: /may execute$/ });
      rmSync(join(tree, 'bin/session-manager-plugin'));
      assert.throws(build, {
        name: 'TreeError',
        message: `${tree} holds no bin/session-manager-plugin`,
      });
      assert.ok(!existsSync(output));
    });
  });
}
