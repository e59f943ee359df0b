import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';

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
