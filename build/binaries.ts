// `npm run build:binaries` makes the programs of all targets out of the bundle in dist/,
// `npm run build:binaries -- linux-x64 macos-arm64` those of some.

import { relative } from 'node:path';
import { readBuildSettings } from './build-settings.ts';
import { explainFailure } from './explain-failure.ts';
import { makeProgram, programDirectory } from './program.ts';
import { ROOT } from './runtime/setup.mjs';
import { chooseTargets } from './targets.ts';

await explainFailure(async () => {
  const settings = readBuildSettings();
  for (const name of chooseTargets(process.argv.slice(2))) {
    await makeProgram(name, settings);
    process.stdout.write(`${relative(ROOT, programDirectory(name))}\n`);
  }
});
