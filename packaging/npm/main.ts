// `npm run package:npm` makes the npm package in dist/npm/.

import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { explainFailure } from '../../build/explain-failure.ts';
import { ROOT } from '../../build/runtime/setup.mjs';
import { OUTPUTS, readRelease } from '../release-settings.ts';
import { checkDownloadSize } from '../size-limits.ts';
import { buildNpmPackage, npmPackageName } from './npm-package.ts';

await explainFailure(async () => {
  const release = readRelease('small');
  const output = join(OUTPUTS.npm, npmPackageName(release.version));
  rmSync(OUTPUTS.npm, { recursive: true, force: true });
  mkdirSync(OUTPUTS.npm, { recursive: true });
  await buildNpmPackage(release, output);
  const path = relative(ROOT, output);
  checkDownloadSize(path, output);
  process.stdout.write(`${path}\n`);
});
