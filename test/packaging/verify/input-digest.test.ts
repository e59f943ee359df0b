import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inputDigest, inputFiles } from '../../../packaging/verify/input-digest.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const INPUTS = { patterns: ['packaging/apt/**', 'test/packaging/apt.test.ts'] };

const FILES = {
  'packaging/apt/apt.ts': [
    "import { tool } from '../tool.ts';",
    'import {',
    '  many,',
    "} from './many.ts';",
    "import type { Shape } from '../shape.ts';",
    "import { join } from 'node:path';",
    "const late = await import('../late.mjs');",
    "import '../effect.ts';",
  ].join('\n'),
  'packaging/apt/many.ts': "export { deep } from '../../build/deep.ts';",
  'packaging/apt/data.txt': "import '../shape.ts';",
  'packaging/tool.ts': '',
  'packaging/late.mjs': '',
  'packaging/effect.ts': '',
  'packaging/shape.ts': '',
  'build/deep.ts': "import { program } from '../src/program.ts';",
  'src/program.ts': '',
  'test/packaging/apt.test.ts': "import { help } from './help.ts';",
  'test/packaging/help.ts': "import { other } from '../support/other.ts';",
  'test/support/other.ts': '',
} as const;

const NO_INPUTS: readonly string[] = [
  'packaging/shape.ts',
  'src/program.ts',
  'test/support/other.ts',
];

function project(t: TestContext): string {
  const root = temporaryDirectory(t);
  for (const [path, text] of Object.entries(FILES)) write(root, path, text);
  return root;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('the inputs of a group', () => {
  it('are its files, and what they import of the build, but no types and nothing of the program', (t) => {
    assert.deepEqual(
      inputFiles(project(t), INPUTS),
      Object.keys(FILES)
        .filter((path) => !NO_INPUTS.includes(path))
        .sort(),
    );
  });

  it('are not what is imported from directories that are left out, or by way of these', (t) => {
    const root = project(t);
    write(root, 'packaging/dnf/dnf.ts', "import '../only-dnf.ts';");
    write(root, 'packaging/only-dnf.ts', '');
    write(root, 'packaging/apt/choice.ts', "import '../dnf/dnf.ts';");
    const others = ['packaging/dnf/dnf.ts', 'packaging/only-dnf.ts'];
    const all = inputFiles(root, INPUTS);
    assert.deepEqual(
      inputFiles(root, { ...INPUTS, leftOut: ['packaging/dnf/'] }),
      all.filter((path) => !others.includes(path)),
    );
    for (const path of others) assert.ok(all.includes(path));
  });

  it('have another digest after one byte of any of them has changed, and the old one when it is restored', (t) => {
    const root = project(t);
    const before = inputDigest(root, INPUTS);
    for (const [path, text] of Object.entries(FILES)) {
      write(root, path, `${text} `);
      const isInput = !NO_INPUTS.includes(path);
      assert.equal(inputDigest(root, INPUTS) !== before, isInput, path);
      write(root, path, text);
      assert.equal(inputDigest(root, INPUTS), before);
    }
  });

  it('have another digest after a file was renamed or added', (t) => {
    const root = project(t);
    const before = inputDigest(root, INPUTS);
    renameSync(join(root, 'packaging/apt/data.txt'), join(root, 'packaging/apt/date.txt'));
    const renamed = inputDigest(root, INPUTS);
    write(root, 'packaging/apt/empty', '');
    assert.equal(new Set([before, renamed, inputDigest(root, INPUTS)]).size, 3);
  });

  it('have none when no file matches', (t) => {
    assert.equal(inputDigest(project(t), { patterns: ['packaging/dnf/**'] }), undefined);
    assert.equal(inputDigest(project(t), { patterns: [] }), undefined);
  });
});
