import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readModule, type ModuleFacts } from './support/exports.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Names are shared with all of these; what only tests import is part of no program. */
const IMPORTERS = ['{src,build,packaging,bench,test}/**/*.ts', '{build,packaging}/**/*.mjs'];

describe('an export', () => {
  const modules = new Map<string, ModuleFacts>();
  for (const path of globSync(IMPORTERS, { cwd: ROOT })) {
    modules.set(path, readModule(path, readFileSync(join(ROOT, path), 'utf8')));
  }

  it('has an importer, or is not exported', () => {
    assert.deepEqual(deadExports(modules), []);
  });

  it('that only tests import has a use in its own file', () => {
    const ofProgram = new Map([...modules].filter(([path]) => !path.startsWith('test/')));
    assert.deepEqual(unusedIn(ofProgram), []);
  });

  it('without an importer is found', () => {
    const files: readonly (readonly [string, string])[] = [
      ['src/a.ts', "import { b } from './b.ts'; import * as c from './c.ts'; b(c.used);"],
      ['src/b.ts', 'export function b() {} export const dead = 1; export interface Shape {}'],
      ['src/c.ts', 'export const used = 1, dead = 2; export type Of = typeof used;'],
      [
        'src/d.ts',
        "export { dead } from './c.ts'; export type Own = 1; export const own: Own = 1;",
      ],
      ['src/e.ts', "const { own } = await import('./d.ts');"],
    ];
    const read = new Map(files.map(([path, text]) => [path, readModule(path, text)]));
    assert.deepEqual(deadExports(read), [
      'src/b.ts: dead',
      'src/b.ts: Shape',
      'src/c.ts: Of',
      'src/d.ts: dead',
    ]);
  });
});

/** Exports of `src` that no file imports; a type may describe another export of its file. */
function deadExports(modules: ReadonlyMap<string, ModuleFacts>): readonly string[] {
  return exportsWithoutImporter(modules, ({ isType, isUsedHere }) => isType && isUsedHere);
}

/** Exports of `src` that nothing uses. */
function unusedIn(modules: ReadonlyMap<string, ModuleFacts>): readonly string[] {
  return exportsWithoutImporter(modules, ({ isUsedHere }) => isUsedHere);
}

function exportsWithoutImporter(
  modules: ReadonlyMap<string, ModuleFacts>,
  isExcused: (one: ModuleFacts['exported'][number]) => boolean,
): readonly string[] {
  const imported = new Set<string>();
  for (const { imports } of modules.values()) {
    for (const { file, name } of imports) imported.add(`${file}: ${name}`);
  }
  return [...modules]
    .filter(([path]) => path.startsWith('src/'))
    .flatMap(([path, { exported }]) =>
      exported.filter((one) => !isExcused(one)).map(({ name }) => `${path}: ${name}`),
    )
    .filter((one) => !imported.has(one));
}
