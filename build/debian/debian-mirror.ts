import { runTool } from '../tool.ts';
import { APT_GET } from './private-apt.ts';

/** Debian's own address, which forwards to a mirror nearby. */
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';

/** The archive of Debian is a directory of this name on every mirror; the index of a suite below it. */
const ARCHIVE_OF_INDEX = /^'(\S+\/debian)\/dists\//m;

/**
 * The mirror of Debian that this machine's apt is configured with, or Debian's own address where it
 * has none, as on Ubuntu.
 *
 * @returns a URI without a slash at its end
 * @throws ToolError when there is no apt, or its configuration cannot be read
 */
export function debianMirror(): string {
  // Only printed, nothing is fetched. It reads both forms of sources, and every place for them.
  const printed = runTool(APT_GET, ['update', '--print-uris']).toString('utf8');
  return mirrorOf(printed);
}

/**
 * The mirror in what `apt-get update --print-uris` prints: lines of a URI in single quotes, a file
 * name, a size.
 */
export function mirrorOf(printed: string): string {
  return ARCHIVE_OF_INDEX.exec(printed)?.[1] ?? DEFAULT_MIRROR;
}
