// `npm run package` makes everything that is downloaded, in dist/plugin/. Options:
//
//     -- --release      small packages, which take long to make, instead of quick ones
//     -- --unsigned     with --release: no key signs the list of digests
//     -- --available    leaves out what needs a missing tool or mirror, instead of failing
//     -- --debs DIR     takes the packages of Debian from DIR/TARGET.debs, with their record
//     -- --accept-runtime TARGET=VERSION
//                       releases this Node.js although a security release is known, if no source has that
//     -- linux-x64 …    only these targets
//
// A quick build leaves out what takes long, as long as its inputs are verified (verify/verified-groups.ts).

import { parseArgs } from 'node:util';
import { namedPath } from '../build/build-settings.ts';
import { NPM_ARCHIVES, verifyBundledPackages } from '../build/bundle/verify-packages.ts';
import { readBundledPackages } from '../build/materials.ts';
import { dayOf } from '../build/runtime/releases/days.mjs';
import { pinnedRuntime } from '../build/runtime/runtime.mjs';
import { explainFailure } from '../build/explain-failure.ts';
import { chooseTargets } from '../build/targets.ts';
import { ToolError } from '../build/tool.ts';
import { assembleRelease } from './assemble-release.ts';
import { startProgress } from './progress/progress.ts';
import { systemClock } from '../src/lib/clock.ts';
import { readRelease } from './release-settings.ts';
import { repositorySettings } from './repositories/repositories.ts';
import { runtimeCheck } from './runtime-age/runtime-check.ts';
import { runTargets, writeLeftOut } from './run-targets.ts';
import { requireListKey } from './signing/list-key.ts';
import { tryIdentities } from './signing/try-identities.ts';
import { targetsByDefault } from './verify/verified-groups.ts';

/** What the progress of the build calls them. */
const IDENTITIES = 'identities';

await explainFailure(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      release: { type: 'boolean', default: false },
      unsigned: { type: 'boolean', default: false },
      available: { type: 'boolean', default: false },
      debs: { type: 'string', default: '' },
      'accept-runtime': { type: 'string', multiple: true, default: [] },
    },
  });
  const release = readRelease(values.release ? 'small' : 'fast');
  const names =
    positionals.length === 0 ? targetsByDefault(release.compression) : chooseTargets(positionals);
  const check = runtimeCheck(values.release, values['accept-runtime'], dayOf(Date.now()));
  // What is missing should not be found after everything else was built.
  requireListKey(values.release, values.unsigned, process.env);
  repositorySettings(process.env);
  const progress = startProgress((text) => process.stdout.write(text), systemClock);
  tryIdentities({
    release,
    targets: names,
    env: process.env,
    runtimeFor: pinnedRuntime,
    begin: (step) => progress.begin(IDENTITIES, step),
  });
  progress.end(IDENTITIES);
  if (values.release) {
    progress.begin('bundle', 'comparison with package-lock.json');
    verifyBundledPackages(readBundledPackages(), NPM_ARCHIVES);
    progress.end('bundle');
  }
  const warnings = [...check.pinned(names)];
  const outcomes = await runTargets(names, [release.compression, namedPath(values.debs)], progress);
  const made = outcomes.filter(({ status }) => status === 'made').map(({ name }) => name);
  const unavailable = outcomes.filter((outcome) => outcome.status === 'unavailable');
  const failed = outcomes.filter(
    ({ status }) => status === 'failed' || (status === 'unavailable' && !values.available),
  );
  for (const { name } of unavailable) process.stderr.write(`${name} was left out\n`);
  if (failed.length > 0) {
    throw new ToolError(`no packages for ${failed.map(({ name }) => name).join(', ')}: see above`);
  }
  warnings.push(...check.debian(made));
  await assembleRelease(release, made, check.accepted, progress);
  progress.stop();
  writeLeftOut(Object.fromEntries(unavailable.map(({ name, reason }) => [name, reason])));
  // Last, so that a person sees them below what the build has printed.
  for (const text of new Set(warnings)) process.stderr.write(`warning: ${text}\n`);
});
