import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { codeSpans, readDocument, ROOT } from './support/markdown.ts';
import { packageScripts } from './support/package-scripts.ts';

const RUNBOOK = 'RELEASING.md';
/** Sources that read identities; tests name others. */
const SOURCES = '{build,packaging}/**/*.{ts,mjs}';
/** A variable, but not the beginning of one. */
const IDENTITY = /SSM_SIGN_[A-Z_]*[A-Z]/g;
/** Made by a release, and so not in the project. */
const MADE = /^(?:dist\/|latest\/)/;
const PATH = /^(?:\.ci|build|packaging|[A-Z]+(?=\.md$|$)|package)[\w./-]*$/;

describe('the runbook of a release', () => {
  const text = readFileSync(join(ROOT, RUNBOOK), 'utf8');
  const scripts = packageScripts();

  it('runs scripts that exist', () => {
    const named = [...text.matchAll(/npm (?:run )?(test|(?<=run )[\w:-]+)/g)].map(
      ([, name]) => name,
    );
    assert.ok(named.length >= 5);
    assert.deepEqual(
      named.filter((name) => name === undefined || !(name in scripts)),
      [],
    );
  });

  it('passes options that the build of packages knows', () => {
    const source = readFileSync(join(ROOT, 'packaging/package.ts'), 'utf8');
    const options = [...text.matchAll(/npm run package -- ([^`\n]*)/g)].flatMap(
      ([, rest = '']) => rest.match(/--\w+/g) ?? [],
    );
    assert.deepEqual([...new Set(options)].sort(), ['--debs', '--release', '--unsigned']);
    for (const option of [...options, '--available', '--accept-runtime']) {
      assert.ok(source.includes(option.slice(2)), option);
    }
  });

  it('names files that exist', () => {
    const paths = readDocument(RUNBOOK)
      .prose.flatMap(codeSpans)
      .filter((span) => PATH.test(span) && !MADE.test(span));
    for (const path of ['build/runtimes.json', '.ci/run', 'VERSION', 'CHANGELOG.md']) {
      assert.ok(paths.includes(path), path);
    }
    const made = new Set(['SHA256SUMS']);
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(ROOT, path)) && !made.has(path)),
      [],
    );
  });

  it('names the package of each runtime', () => {
    const runtimes = JSON.parse(
      readFileSync(join(ROOT, 'build/runtimes.json'), 'utf8'),
    ) as Readonly<Record<string, { readonly package: string }>>;
    for (const { package: name } of Object.values(runtimes)) {
      assert.ok(text.includes(`\`${name}\``), name);
    }
  });

  it('explains each variable that names an identity, and no other', () => {
    const read = globSync(SOURCES, { cwd: ROOT }).flatMap(
      (path) => readFileSync(join(ROOT, path), 'utf8').match(IDENTITY) ?? [],
    );
    assert.deepEqual([...new Set(text.match(IDENTITY) ?? [])].sort(), [...new Set(read)].sort());
  });
});
