import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { pureBindings } from '../../../build/bundle/pure-bindings.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What a program that imports this of the SDK's core is bundled to. */
async function bundled(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { ${name} } from '@smithy/core/serde';\nglobalThis.used = ${name};\n`,
      resolveDir: ROOT,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    write: false,
    plugins: [pureBindings()],
  });
  return outputFiles.map(({ text }) => text).join('');
}

describe('what the core of the SDK binds to Node.js', () => {
  it('is left out of the bundle when nothing uses it', async () => {
    const text = await bundled('toHex');
    assert.ok(text.includes('toHex'));
    assert.ok(!text.includes('getRandomValues'));
    assert.ok(!text.includes('BlobAdapter'));
  });

  it('is in the bundle when something uses it', async () => {
    assert.ok((await bundled('v4')).includes('getRandomValues'));
    assert.ok((await bundled('Uint8ArrayBlobAdapter')).includes('BlobAdapter'));
  });
});
