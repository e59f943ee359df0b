import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const DOCUMENTS = ['*.md', '{docs,test}/**/*.md'];
const SOURCES = [
  '{src,test,bench,build,packaging}/**/*.{ts,mjs,sh,nsi,py}',
  'bin/*',
  '.ci/*',
  'eslint.config.mjs',
];
/** A file or directory of the project, from its top on; `*` stands for any characters of a name. */
const PATH =
  /(?<![\w./@$<>-])(?:src|build|test|docs|packaging|bench|bin|\.ci)\/[\w.*/-]*[\w*](?![\w<(])/g;
/** These hold examples of dead paths. */
const WITH_EXAMPLES = ['test/sources/paths.test.ts', 'test/docs/citations.test.ts'];
/** Those of other projects that comments cite: Node.js and libuv are written in C and C++. */
const OF_OTHERS = /\.(?:c|cc|h|go|py)$/;
const COMMENT = /\/\*[^]*?\*\/|(?:^|\s)(?:\/\/|#|;)[^\n]*/g;

describe('the paths of the project', () => {
  it('that comments and documents name exist', () => {
    const dead: string[] = [];
    const check = (path: string, text: string): void => {
      for (const named of deadPaths(text)) dead.push(`${path}: ${named}`);
    };
    for (const path of globSync(DOCUMENTS, { cwd: ROOT })) check(path, read(path));
    for (const path of globSync(SOURCES, { cwd: ROOT, exclude: WITH_EXAMPLES })) {
      check(path, commentsOf(read(path)));
    }
    assert.deepEqual(dead, []);
  });

  it('that do not exist are found in comments, and nothing in code is one', () => {
    const code = [
      '// as src/main.ts and src/nothing.ts do; Node.js src/node.cc',
      "import { x } from './src/other.ts';",
      '/** See `test/nowhere/`,\n * test/docs/*.test.ts and src/protocol/nothing-* */',
    ].join('\n');
    assert.deepEqual(deadPaths(commentsOf(code)), [
      'src/nothing.ts',
      'test/nowhere',
      'src/protocol/nothing-*',
    ]);
  });
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function commentsOf(code: string): string {
  return (code.match(COMMENT) ?? []).join('\n');
}

function deadPaths(text: string): readonly string[] {
  const paths = text.match(PATH) ?? [];
  return paths.filter((path) => !OF_OTHERS.test(path) && !exists(path));
}

function exists(path: string): boolean {
  if (!path.includes('*')) return existsSync(join(ROOT, path));
  return globSync(path, { cwd: ROOT }).length > 0;
}
