import { daysBetween } from '../../build/runtime/releases/days.mjs';
import {
  missedSecurityRelease,
  type KnownReleases,
} from '../../build/runtime/releases/known-releases.mjs';
import { lineOf } from '../../build/runtime/releases/versions.mjs';
import type { TargetName } from '../../build/targets.ts';

/** The Node.js in the program of a target. */
export interface ShippedRuntime {
  readonly target: TargetName;
  readonly version: string;
  /** The day on which this version appeared, `YYYY-MM-DD`; undefined for Debian's, which gets fixes under its number. */
  readonly published: string | undefined;
}

/** A shipped runtime without the fixes of a security release of its line. */
export interface MissedRelease {
  readonly target: TargetName;
  readonly version: string;
  /** The newest security release. */
  readonly missed: string;
}

/** What is wrong with the age of the shipped runtimes. */
export interface Assessment {
  /** Sentences for the person who makes the packages. */
  readonly warnings: readonly string[];
  readonly missed: readonly MissedRelease[];
}

/** Node.js has a release every two to four weeks: after this time, several are missed. */
const OLD_DAYS = 60;
/** Time to move to another line, which changes what the program requires of a system. */
const END_NEAR_DAYS = 90;
/** Security releases come every one to three months: an older list may lack one. */
const OLD_LIST_DAYS = 30;

/**
 * Assesses the age of the runtimes in programs.
 *
 * @param today - `YYYY-MM-DD`
 */
export function assessRuntimes(
  shipped: readonly ShippedRuntime[],
  known: KnownReleases,
  today: string,
): Assessment {
  const missed = missedReleases(shipped, known);
  const lines = [...new Set(shipped.map(({ version }) => lineOf(version)))].sort();
  return {
    missed,
    warnings: [
      ...missed.map(
        (each) =>
          `${each.target} contains Node.js ${each.version}, without the security fixes of ${each.missed}`,
      ),
      ...shipped.flatMap((each) => oldText(each, today)),
      ...lines.flatMap((line) => endText(line, known, today)),
      ...listText(known, today),
    ],
  };
}

/** The runtimes that lack a known security release. */
export function missedReleases(
  shipped: readonly ShippedRuntime[],
  known: KnownReleases,
): readonly MissedRelease[] {
  return shipped.flatMap(({ target, version }) => {
    const missed = missedSecurityRelease(version, known);
    return missed === undefined ? [] : [{ target, version, missed }];
  });
}

function oldText({ target, version, published }: ShippedRuntime, today: string): readonly string[] {
  if (published === undefined) return [];
  const days = daysBetween(published, today);
  if (days <= OLD_DAYS) return [];
  return [`${target} contains Node.js ${version} of ${published}, which is ${days} days old`];
}

function endText(line: string, { ends }: KnownReleases, today: string): readonly string[] {
  const end = ends[line];
  if (end === undefined) {
    return [
      `the end of Node.js ${line} is not known: add it to build/runtime/releases/known-releases.json`,
    ];
  }
  const days = daysBetween(today, end);
  if (days > END_NEAR_DAYS) return [];
  return [
    days < 0
      ? `Node.js ${line} ended on ${end}`
      : `Node.js ${line} ends on ${end}, in ${days} days`,
  ];
}

function listText({ checked }: KnownReleases, today: string): readonly string[] {
  const days = daysBetween(checked, today);
  if (days <= OLD_LIST_DAYS) return [];
  return [
    `the list of security releases is ${days} days old: complete it with \`npm run runtimes -- --refresh\``,
  ];
}
