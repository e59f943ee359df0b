import { BuildError } from '../../build/runtime/build-error.mjs';
import { readKnownReleases } from '../../build/runtime/releases/known-releases.mjs';
import { LINUX_X86, type TargetName } from '../../build/targets.ts';
import {
  readAccepted,
  requireAccepted,
  requireNeeded,
  type AcceptedRuntimes,
} from './accepted-runtimes.ts';
import { assessRuntimes, type ShippedRuntime } from './assess-runtimes.ts';
import { debianRuntime, pinnedRuntimes, runtimeSources } from './shipped-runtimes.ts';

/** Checks the age of the runtimes in packages. Each part returns warnings, and throws what stops a release. */
export interface RuntimeCheck {
  readonly accepted: AcceptedRuntimes;
  /** Before the programs are made: all runtimes but that of Linux x86. */
  readonly pinned: (names: readonly TargetName[]) => readonly string[];
  /** After they have been made: the runtime of Linux x86, which depends on Debian's archive. */
  readonly debian: (names: readonly TargetName[]) => readonly string[];
}

/**
 * @param isRelease - a known weakness stops it, unless it is accepted and no source has the fix
 * @param acceptOptions - values of `--accept-runtime`
 * @param today - `YYYY-MM-DD`
 * @throws BuildError when an option has a wrong form
 */
export function runtimeCheck(
  isRelease: boolean,
  acceptOptions: readonly string[],
  today: string,
): RuntimeCheck {
  const accepted = readAccepted(acceptOptions);
  if (!isRelease && acceptOptions.length > 0) {
    throw new BuildError('--accept-runtime has an effect with --release only: remove it');
  }
  const known = readKnownReleases();
  const check = (
    shipped: readonly ShippedRuntime[],
    acceptedHere: AcceptedRuntimes,
  ): readonly string[] => {
    const { warnings, missed } = assessRuntimes(shipped, known, today);
    if (isRelease) {
      requireAccepted(missed, acceptedHere, runtimeSources());
      requireNeeded(missed, acceptedHere);
    }
    return warnings;
  };
  const { [LINUX_X86]: debianVersion, ...pinnedVersions } = accepted;
  return {
    accepted,
    pinned: (names) => check(pinnedRuntimes(names), pinnedVersions),
    debian: (names) =>
      check(
        debianRuntime(names),
        debianVersion === undefined ? {} : { [LINUX_X86]: debianVersion },
      ),
  };
}
