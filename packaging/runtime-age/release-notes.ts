import type { MissedRelease } from './assess-runtimes.ts';

/** The heading of a version in the changelog. */
const VERSION_HEADING = /^## .*$/m;

/**
 * The release notes of a package, from the changelog. They name a security release that its runtime lacks.
 *
 * @param missed - undefined when nothing is known to be missing
 */
export function releaseNotes(changelog: string, missed: MissedRelease | undefined): string {
  if (missed === undefined) return changelog;
  return changelog.replace(
    VERSION_HEADING,
    (heading) =>
      `${heading}\n\nThis package contains Node.js ${missed.version}, without the fixes of the security release ${missed.missed}.`,
  );
}
