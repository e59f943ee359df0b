import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { latePackage } from '../../../build/bundle/late-package.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

it('a late package is evaluated once, when its function is first called', async (t) => {
  const directory = temporaryDirectory(t);
  const place = join(directory, 'node_modules', 'slow');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), '{"type":"module","main":"slow.js"}');
  writeFileSync(
    join(place, 'slow.js'),
    "seen.push('evaluated');\nexport default (a, b) => a + b;\n",
  );
  writeFileSync(
    join(directory, 'program.js'),
    "import add from 'slow';\nseen.push('begins');\nseen.push(add(1, 2), add(3, 4));\n",
  );
  const outfile = join(directory, 'bundle.cjs');
  await build({
    entryPoints: [join(directory, 'program.js')],
    bundle: true,
    format: 'cjs',
    outfile,
    plugins: [latePackage('slow', directory)],
  });
  const seen: unknown[] = [];
  runInNewContext(readFileSync(outfile, 'utf8'), { seen, module: {} });
  assert.deepEqual(seen, ['begins', 'evaluated', 3, 7]);
});
