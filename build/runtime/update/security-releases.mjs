import { compareReleases, lineOf } from '../releases/versions.mjs';
import { SetupError } from '../setup.mjs';

/**
 * Adds security releases to the known ones. Lines without a known end are left out: they are not supported, or too
 * new to be shipped.
 *
 * @param {import('../releases/known-releases.mjs').KnownReleases} known
 * @param {readonly string[]} found - versions
 * @param {string} today - `YYYY-MM-DD`
 * @returns {import('../releases/known-releases.mjs').KnownReleases}
 * @throws SetupError when the only one found is of another line
 */
export function withSecurityReleases(known, found, today) {
  const [only] = found;
  if (found.length === 1 && only !== undefined && !(lineOf(only) in known.ends)) {
    throw new SetupError(
      `the end of Node.js ${lineOf(only)} is not known: add it to build/runtime/releases/known-releases.json`,
    );
  }
  const supported = found.filter((version) => lineOf(version) in known.ends);
  const all = {
    ...Object.fromEntries(supported.map((version) => [version, today])),
    ...known.securityReleases,
  };
  const sorted = Object.entries(all).sort(([one], [other]) => compareReleases(one, other));
  return { ...known, checked: today, securityReleases: Object.fromEntries(sorted) };
}
