import { runTool } from '../tool.ts';
import { APT_GET } from './private-apt.ts';

/** URIs of two archives of Debian, without a slash at their ends. */
export interface DebianMirrors {
  /** The packages of a suite, as they were at its last point release. */
  readonly main: string;
  /** What was corrected since, in the suite `<suite>-security`. */
  readonly security: string;
}

/** Debian's own addresses, which forward to mirrors nearby. */
const DEFAULT_MIRRORS: DebianMirrors = {
  main: 'http://deb.debian.org/debian',
  security: 'http://deb.debian.org/debian-security',
};

/** On every mirror, an archive is a directory of its name, and the indexes of its suites are below it. */
const INDEX_OF: Readonly<Record<keyof DebianMirrors, RegExp>> = {
  main: /^'(\S+\/debian)\/dists\//m,
  security: /^'(\S+\/debian-security)\/dists\//m,
};

/**
 * The mirrors of Debian that this machine's apt is configured with, or Debian's own addresses where it
 * has none, as on Ubuntu.
 *
 * @throws ToolError when there is no apt, or its configuration cannot be read
 */
export function debianMirrors(): DebianMirrors {
  // Only printed, nothing is fetched. It reads both forms of sources, and every place for them.
  const printed = runTool(APT_GET, ['update', '--print-uris']).toString('utf8');
  return mirrorsOf(printed);
}

/**
 * The mirrors in what `apt-get update --print-uris` prints: lines of a URI in single quotes, a file
 * name, a size.
 */
export function mirrorsOf(printed: string): DebianMirrors {
  const find = (archive: keyof DebianMirrors): string =>
    INDEX_OF[archive].exec(printed)?.[1] ?? DEFAULT_MIRRORS[archive];
  return { main: find('main'), security: find('security') };
}
