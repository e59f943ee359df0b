// `npm run build:binaries` makes the programs of all targets out of the bundle in dist/. Options:
//
//     -- --debs DIR     takes the packages of Debian from DIR/TARGET.debs, with their record
//     -- linux-x64 …    only these targets

import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { namedPath, readBuildSettings } from './build-settings.ts';
import { explainFailure } from './explain-failure.ts';
import { packageSource } from './debian/package-source.ts';
import { makeProgram, programDirectory } from './program.ts';
import { ROOT } from './runtime/setup.mjs';
import { chooseTargets } from './targets.ts';

await explainFailure(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { debs: { type: 'string', default: '' } },
  });
  const settings = readBuildSettings();
  const debian = packageSource('development', namedPath(values.debs));
  for (const name of chooseTargets(positionals)) {
    await makeProgram(name, settings, debian);
    process.stdout.write(`${relative(ROOT, programDirectory(name))}\n`);
  }
});
