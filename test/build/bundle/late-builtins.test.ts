import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { lateBuiltins } from '../../../build/bundle/late-builtins.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const require = createRequire(import.meta.url);

/** Bundles a program of two files, and runs it. @returns what it adds to `seen`, and what it loads */
async function run(t: TestContext, files: Readonly<Record<string, string>>): Promise<unknown[]> {
  const directory = temporaryDirectory(t);
  for (const [name, contents] of Object.entries(files)) {
    writeFileSync(join(directory, name), contents);
  }
  const { outputFiles } = await build({
    entryPoints: [join(directory, 'program.js')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    plugins: [lateBuiltins()],
  });
  const seen: unknown[] = [];
  const load = (id: string): unknown => {
    seen.push(`loads ${id}`);
    return require(id);
  };
  for (const { text } of outputFiles) {
    runInNewContext(text, { seen, require: load, module: { exports: {} } });
  }
  return seen;
}

it('a module of Node.js is loaded when an import of it is first used', async (t) => {
  const seen = await run(t, {
    'program.js': `
      import { createHash } from 'node:crypto';
      import * as tls from 'node:tls';
      import zlib from 'zlib';
      seen.push('begins');
      seen.push(createHash('sha256').update('').digest('hex').slice(0, 8));
      seen.push(typeof tls.connect, typeof tls.doesNotExist);
      seen.push(zlib.constants.Z_BEST_SPEED);
    `,
  });
  assert.deepEqual(seen, [
    'begins',
    'loads node:crypto',
    'e3b0c442',
    'loads node:tls',
    'function',
    'undefined',
    'loads node:zlib',
    1,
  ]);
});

it('so it is in a CommonJS module, which other modules import', async (t) => {
  const seen = await run(t, {
    'program.js': `
      import library from './library.cjs';
      seen.push('begins');
      seen.push(library());
    `,
    'library.cjs': `
      const https = require('https');
      module.exports = () => typeof https.request;
    `,
  });
  assert.deepEqual(seen, ['begins', 'loads node:https', 'function']);
});

it('a module that each start of Node.js loads is required as it is', async (t) => {
  const seen = await run(t, {
    'program.js': `
      import { join } from 'node:path';
      seen.push('begins');
      seen.push(join('a', 'b'));
    `,
  });
  assert.deepEqual(seen, ['loads node:path', 'begins', join('a', 'b')]);
});
