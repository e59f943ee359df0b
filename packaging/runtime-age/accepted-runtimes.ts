import { BuildError } from '../../build/runtime/build-error.mjs';
import { compareReleases, isRelease, lineOf } from '../../build/runtime/releases/versions.mjs';
import type { PinSource } from '../../build/runtime/update/npm-source.mjs';
import { chooseTargets, nativeTarget, type TargetName } from '../../build/targets.ts';
import type { MissedRelease } from './assess-runtimes.ts';

/** Runtimes that are released although a security release is missing: the shipped version, by target. */
export type AcceptedRuntimes = Readonly<Partial<Record<TargetName, string>>>;

/** A release cannot contain these runtimes. The message lists them, and what to do for each. */
export class OutdatedRuntimeError extends BuildError {
  override readonly name = 'OutdatedRuntimeError';
}

/**
 * Reads the values of `--accept-runtime`, such as `macos-x64=26.10.0`.
 *
 * @throws BuildError when one has another form, or names an unknown target
 */
export function readAccepted(values: readonly string[]): AcceptedRuntimes {
  return Object.fromEntries(
    values.map((value) => {
      const [name = '', version = '', more] = value.split('=');
      if (name === '' || !isRelease(version) || more !== undefined) {
        throw new BuildError(
          `--accept-runtime ${value}: give target and version, such as macos-x64=26.10.0`,
        );
      }
      chooseTargets([name]);
      return [name, version];
    }),
  );
}

/**
 * Checks that a release contains no runtime with known weaknesses, if a source has a fixed one, and that the others
 * are accepted.
 *
 * @throws OutdatedRuntimeError when a runtime cannot be released; SetupError when a source cannot be asked
 */
export function requireAccepted(
  missed: readonly MissedRelease[],
  accepted: AcceptedRuntimes,
  sources: readonly PinSource[],
): void {
  const problems = missed.flatMap((each) => {
    const { target, version, missed: wanted } = each;
    const contains = `${target} contains Node.js ${version}, without the security fixes of ${wanted}`;
    const available = availableRelease(each, sources);
    if (available !== undefined) {
      return [`${contains}; ${available.name} has them: npm run runtimes -- ${available.version}`];
    }
    if (accepted[target] === version) return [];
    return [
      `${contains}; no source has them: to release it nevertheless, add --accept-runtime ${target}=${version}`,
    ];
  });
  if (problems.length > 0) throw new OutdatedRuntimeError(problems.join('\n'));
}

/**
 * Checks that each accepted runtime is one that needs it: a value from an earlier release must not be carried over.
 *
 * @throws OutdatedRuntimeError naming those that need none
 */
export function requireNeeded(missed: readonly MissedRelease[], accepted: AcceptedRuntimes): void {
  const problems = Object.entries(accepted).filter(
    ([name, accept]) =>
      !missed.some(({ target, version }) => target === name && version === accept),
  );
  if (problems.length === 0) return;
  throw new OutdatedRuntimeError(
    problems
      .map(
        ([name, version]) =>
          `--accept-runtime ${name}=${version}: no such runtime is without a known security release; remove this option`,
      )
      .join('\n'),
  );
}

/** The newest release with the missed fixes that a source has, also for the system that makes the program. */
function availableRelease(
  { target, missed }: MissedRelease,
  sources: readonly PinSource[],
): { readonly name: string; readonly version: string } | undefined {
  const runtime = nativeTarget(target)?.runtime;
  // There is one source of Debian's Node.js, and the build takes its newest.
  if (runtime === undefined) return undefined;
  return sources
    .flatMap(({ name, versions }) =>
      versions(runtime)
        .filter((version) => lineOf(version) === lineOf(missed))
        .filter((version) => compareReleases(version, missed) >= 0)
        .map((version) => ({ name, version })),
    )
    .filter(({ version }) => sources.some((source) => source.versions(BUILDER).includes(version)))
    .sort((one, other) => compareReleases(one.version, other.version))
    .at(-1);
}

/** A program is put into a runtime by one of the same version. */
const BUILDER = 'linux-x64';
