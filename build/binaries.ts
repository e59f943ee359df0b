// `npm run build:binaries` makes the programs of all targets out of the bundle in dist/,
// `npm run build:binaries -- linux-x64 macos-arm64` those of some.

import { relative } from 'node:path';
import { makeProgram, programDirectory } from './program.ts';
import { readRelease } from './release-settings.ts';
import { ROOT } from './setup.mjs';
import { chooseTargets } from './targets.ts';
import { explainFailure } from './explain-failure.ts';

await explainFailure(async () => {
  const release = readRelease('fast');
  for (const name of chooseTargets(process.argv.slice(2))) {
    await makeProgram(name, release);
    process.stdout.write(`${relative(ROOT, programDirectory(name))}\n`);
  }
});
