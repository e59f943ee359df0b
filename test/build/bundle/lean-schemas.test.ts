import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { build } from 'esbuild';
import { leanSchemas } from '../../../build/bundle/lean-schemas.ts';
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
/** As the schemas of errors of a client are written, which its protocol finds in a registry. */
const ERRORS = `
const n0_registry = globalThis.registry;
class OddError extends Error { odd = "OddClass"; }
var OddError$ = [-3, "ns", "OddError"];
n0_registry.registerError(OddError$, OddError);
class BaseError extends Error { base = "BaseClass"; }
var BaseError$ = [-3, "synthetic", "BaseError"];
export const _s_registry = globalThis.registry;
_s_registry.registerError(BaseError$, BaseError);
`;
const CLIENT = "export { Wanted$ } from './dist-es/schemas/schemas_0.js';\n";

/** Bundles the client as the program is, and reads what it exports. */
async function bundled(
  t: TestContext,
  schemas = SCHEMAS,
): Promise<{ readonly text: string; readonly exports: unknown }> {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'dist-es', 'schemas'), { recursive: true });
  writeFileSync(join(directory, 'dist-es', 'schemas', 'schemas_0.js'), schemas);
  writeFileSync(join(directory, 'client.js'), CLIENT);
  const outfile = join(directory, 'bundle.cjs');
  await build({
    entryPoints: [join(directory, 'client.js')],
    bundle: true,
    format: 'cjs',
    outfile,
    plugins: [leanSchemas()],
  });
  const require = createRequire(import.meta.url);
  return {
    text: readFileSync(outfile, 'utf8'),
    get exports() {
      return require(outfile) as unknown;
    },
  };
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

  it('have no classes of errors but the base class', async (t) => {
    const errors = ERRORS.replace('export const', 'export const Wanted$ = 1, ');
    const { text } = await bundled(t, errors);
    assert.ok(!text.includes('OddClass'));
    assert.ok(text.includes('BaseClass'));
  });
});
