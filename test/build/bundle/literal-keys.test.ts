import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { build } from 'esbuild';
import { literalKeys } from '../../../build/bundle/literal-keys.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** As a client of the AWS SDK is written: schemas of two calls, of which a program makes one. */
const SCHEMAS = `
const _xN = "xmlName";
const _wanted = "Wanted";
const _spare = "Spare";
export var Wanted$ = [3, _wanted, { [_xN]: _wanted, [unknown()]: 1 }];
export var Spare$ = [3, _spare, { [_xN]: _spare }];
function unknown() { return "computed"; }
`;
const CLIENT = "export { Wanted$ } from './dist-es/schemas/schemas_0.js';\n";

/** Bundles the client as the program is, and reads what it exports. */
async function bundled(
  t: TestContext,
): Promise<{ readonly text: string; readonly exports: unknown }> {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'dist-es', 'schemas'), { recursive: true });
  writeFileSync(join(directory, 'dist-es', 'schemas', 'schemas_0.js'), SCHEMAS);
  writeFileSync(join(directory, 'client.js'), CLIENT);
  const outfile = join(directory, 'bundle.cjs');
  await build({
    entryPoints: [join(directory, 'client.js')],
    bundle: true,
    format: 'cjs',
    outfile,
    plugins: [literalKeys()],
  });
  const require = createRequire(import.meta.url);
  return { text: readFileSync(outfile, 'utf8'), exports: require(outfile) };
}

describe('schemas in the bundle', () => {
  it('are the same with their keys written out, whatever computes others', async (t) => {
    const { exports } = await bundled(t);
    assert.deepEqual(Reflect.get(Object(exports), 'Wanted$'), [
      3,
      'Wanted',
      { xmlName: 'Wanted', computed: 1 },
    ]);
  });

  it('are left out when the call that they describe is never made', async (t) => {
    const { text } = await bundled(t);
    assert.ok(text.includes('Wanted'));
    assert.ok(!text.includes('Spare'));
  });
});
