import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { it } from 'node:test';
import { runInThisContext } from 'node:vm';
import { build } from 'esbuild';
import { lateBuiltins } from '../../../build/bundle/late-builtins.ts';
import { lateMasks } from '../../../build/bundle/late-masks.ts';

const require = createRequire(import.meta.url);
const BUFFER_UTIL = join(
  ...[import.meta.dirname, '..', '..', '..', 'node_modules', 'ws', 'lib', 'buffer-util.js'],
);

type Mask = (source: Buffer, mask: Buffer, output: Buffer, offset: number, length: number) => void;
type Unmask = (buffer: Buffer, mask: Buffer) => void;
type Run = (module: { exports: unknown }, require: (id: string) => unknown) => void;

/** Bundles what masks frames, and loads it. */
async function load(): Promise<{ mask: Mask; unmask: Unmask; loaded: readonly string[] }> {
  const { outputFiles } = await build({
    entryPoints: [BUFFER_UTIL],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"' },
    write: false,
    plugins: [lateBuiltins(), lateMasks()],
  });
  const loaded: string[] = [];
  const module: { exports: unknown } = { exports: {} };
  const [{ text } = { text: '' }] = outputFiles;
  const run = runInThisContext(`(module, require) => {${text}\n}`) as Run;
  run(module, (id) => {
    loaded.push(id);
    return require(id);
  });
  const { mask, unmask } = module.exports as { mask: Mask; unmask: Unmask };
  return { mask, unmask, loaded };
}

function masked(source: Buffer, key: Buffer): Buffer {
  return source.map((byte, i) => byte ^ (key[i % 4] ?? 0)) as Buffer;
}

it('frames are masked as the protocol demands, the first without node:http', async () => {
  const { mask, unmask, loaded } = await load();
  const key = Buffer.from([0x11, 0x82, 0xf3, 0x04]);
  const check = (length: number): void => {
    const source = Buffer.from(Array.from({ length }, (_, i) => i * 7));
    const output = Buffer.alloc(length + 5);
    mask(source, key, output, 5, length);
    assert.deepEqual(output.subarray(5), masked(source, key), `${length} bytes`);
    assert.deepEqual(output.subarray(0, 5), Buffer.alloc(5));
  };
  check(0);
  check(23);
  check(250);
  assert.deepEqual(loaded, []);
  for (const length of [1, 24, 250, 1024, 70_000]) check(length);
  assert.deepEqual(loaded, ['node:http']);
  const frame = masked(Buffer.alloc(30, 'x'), key);
  unmask(frame, key);
  assert.equal(frame.toString(), 'x'.repeat(30));
});
