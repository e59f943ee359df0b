import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { Linter } from 'eslint';
import { commandFolders } from '../../build/lint/command-folders.mjs';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the layers in ARCHITECTURE.md', () => {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const [, layers = ''] = /^## Layers\n([^]*?)^## /m.exec(text) ?? [];

  it('have every folder of src', () => {
    const folders = globSync('src/*/', { cwd: ROOT }).map((path) => path.replace(/\/$/, ''));
    assert.deepEqual(
      folders.filter((path) => !layers.includes(`${path}/`)),
      [],
    );
  });

  it('have every folder of these, except for the commands', () => {
    const folders = globSync('src/*/*/', { cwd: ROOT, exclude: ['src/commands/**'] });
    assert.deepEqual(
      folders.filter((path) => !layers.includes(`${basename(path)}/`)),
      [],
    );
  });
});

describe('the folders of packaging', () => {
  /** The folders that each imports, also only types. */
  const imported = new Map<string, Set<string>>();
  for (const path of globSync('packaging/*/**/*.ts', { cwd: ROOT })) {
    const [, folder = ''] = path.split('/');
    const text = readFileSync(join(ROOT, path), 'utf8');
    const others = [...text.matchAll(/ from '(\.[^']+)'/g)].flatMap(([, specifier = '']) => {
      const [top, other = '', ...rest] = normalize(join(dirname(path), specifier)).split('/');
      return top === 'packaging' && rest.length > 0 && other !== folder ? [other] : [];
    });
    imported.set(folder, new Set([...(imported.get(folder) ?? []), ...others]));
  }

  it('import each other in one direction', () => {
    assert.ok(imported.get('published')?.has('provenance'));
    const reachable = (from: string, seen = new Set<string>()): ReadonlySet<string> => {
      for (const folder of imported.get(from) ?? []) {
        if (!seen.has(folder)) reachable(folder, seen.add(folder));
      }
      return seen;
    };
    assert.deepEqual(
      [...imported.keys()].filter((folder) => reachable(folder).has(folder)),
      [],
    );
  });
});

describe('the folder of a command', () => {
  const file = join(ROOT, 'src/commands/proxy/pool/pool.ts');
  const messagesOf = (code: string): readonly string[] =>
    new Linter()
      .verify(
        code,
        {
          files: ['**/*.ts'],
          plugins: { folders: { rules: { own: commandFolders } } },
          rules: { 'folders/own': 'error' },
        },
        { filename: file },
      )
      .map(({ message }) => message);

  for (const code of [
    "import { view } from '../../forward/view.ts';",
    "export { view } from '../../forward/view.ts';",
    "export * from '../../forward/view.ts';",
    "void import('../../forward/view.ts');",
  ]) {
    it(`is not imported by another one: ${code}`, () => {
      assert.match(messagesOf(code).join('\n'), /the command "forward"/);
    });
  }

  for (const code of [
    "import { a } from '../clients/a.ts';",
    "import { a } from '../../../cli/ports/a.ts';",
    "import { a } from '../../in-all.ts';",
    // A folder with the name of a command.
    "import { a } from '../forward/a.ts';",
  ]) {
    it(`imports itself and what is shared: ${code}`, () => {
      assert.deepEqual(messagesOf(code), []);
    });
  }
});
