// `npm run verify-release` makes the release in dist/plugin/ a second time, from another clone of the project,
// for another user. It compares each file. If the release is whole, it then runs the tests of the parts that `npm test`
// leaves out while their inputs are the same, and records these inputs (verified-groups.ts). Arguments:
//
//     -- --accept-runtime TARGET=VERSION
//                       as for `npm run package`
//     -- --tests-only   builds nothing: only runs these tests, and records the inputs
//     -- linux-x64 …    only these targets

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { signingFacts } from '../../build/build-settings.ts';
import { NPM_ARCHIVES, verifyBundledPackages } from '../../build/bundle/verify-packages.ts';
import { explainFailure } from '../../build/explain-failure.ts';
import { readBundledPackages } from '../../build/materials.ts';
import { BuildError } from '../../build/runtime/build-error.mjs';
import { ROOT } from '../../build/runtime/setup.mjs';
import { chooseTargets, TARGET_NAMES, type TargetName } from '../../build/targets.ts';
import { downloadsOf } from '../downloads.ts';
import { OUTPUTS, readMadeRelease } from '../release-settings.ts';
import {
  compareBuilds,
  filesOfBundle,
  filesOfEveryTarget,
  filesOfRelease,
  filesOfTarget,
  unreadableFiles,
} from './compare-builds.ts';
import { verifyGroups } from './group-tests.ts';
import { buildElsewhere } from './second-build.ts';
import { TEST_ALL_VARIABLE } from './verified-groups.ts';

/** The targets of the release in dist/plugin/. */
function madeTargets(): readonly TargetName[] {
  if (!existsSync(OUTPUTS.release)) return [];
  const release = readMadeRelease();
  return TARGET_NAMES.filter((name) =>
    downloadsOf(name, release).every(({ path }) =>
      existsSync(join(OUTPUTS.plugin, 'latest', path)),
    ),
  );
}

function targetsToVerify(args: readonly string[]): readonly TargetName[] {
  const made = madeTargets();
  const targets = args.length === 0 ? made : chooseTargets(args);
  const missing = targets.filter((name) => !made.includes(name));
  if (targets.length === 0 || missing.length > 0) {
    const what = missing.length === 0 ? 'no release' : `no release of ${missing.join(', ')}`;
    throw new BuildError(`There is ${what} in dist/plugin/: run "npm run package" first.`);
  }
  return targets;
}

await explainFailure(async () => {
  if (signingFacts().length > 0) {
    throw new BuildError(
      'A signature differs in each build: unset the variables SSM_SIGN_…, and run "npm run package" again.',
    );
  }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'accept-runtime': { type: 'string', multiple: true, default: [] },
      'tests-only': { type: 'boolean', default: false },
    },
  });
  const targets = targetsToVerify(positionals);
  verifyBundledPackages(readBundledPackages(), NPM_ARCHIVES);
  if (!values['tests-only']) await compareWithSecondBuild(targets, values['accept-runtime']);
  const missing = TARGET_NAMES.filter((name) => !targets.includes(name));
  if (missing.length > 0) {
    if (!values['tests-only']) return;
    throw new BuildError(
      `These tests need all targets, and dist/plugin/ lacks ${missing.join(', ')}: run "${TEST_ALL_VARIABLE}=1 npm run package" first.`,
    );
  }
  for (const group of await verifyGroups()) {
    process.stdout.write(`The tests of ${group} have passed.\n`);
  }
});

/** @throws BuildError naming the files that differ, or that other users cannot read */
async function compareWithSecondBuild(
  targets: readonly TargetName[],
  acceptedRuntimes: readonly string[],
): Promise<void> {
  const release = readMadeRelease();
  const isWhole = targets.length === madeTargets().length;
  const directory = mkdtempSync(join(tmpdir(), 'session-manager-plugin-verify-'));
  process.stdout.write(`Building ${targets.join(', ')} again in ${directory}\n`);
  const root = await buildElsewhere({
    release,
    targets,
    directory,
    acceptedRuntimes,
    progress: 'shown',
  });
  const files = compareBuilds(
    [ROOT, root],
    [
      ...filesOfBundle(),
      ...filesOfEveryTarget(),
      ...targets.flatMap((name) => filesOfTarget(name, release)),
      // The lists of digests and of materials depend on the targets.
      ...(isWhole ? filesOfRelease() : []),
    ],
  );
  for (const { path, first, second = 'missing' } of files) {
    const same = first === second;
    process.stdout.write(`${same ? 'same   ' : 'DIFFERS'} ${first ?? 'missing'} ${path}\n`);
  }
  const different = files.filter(({ first, second }) => first !== second);
  const unreadable = [...unreadableFiles(ROOT), ...unreadableFiles(root)];
  if (different.length + unreadable.length > 0) {
    throw new BuildError(
      [
        ...different.map(({ path }) => `${path} differs in the second build.`),
        ...unreadable.map((path) => `${path} cannot be read by every user.`),
        `The second build is in ${root}. Compare the files, and remove the directory.`,
      ].join('\n'),
    );
  }
  rmSync(directory, { recursive: true });
  process.stdout.write(`All ${files.length} files are the same in both builds.\n`);
}
