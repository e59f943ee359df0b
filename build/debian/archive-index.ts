import { UnavailableError } from '../tool.ts';

/** The dates of an index of the archive: of the file `InRelease` that Debian has signed. */
export interface IndexDates {
  /** When it was made, ISO 8601. */
  readonly date: string;
  /** Until when it is valid, ISO 8601; a suite that no longer changes has no end. */
  readonly validUntil: string | undefined;
}

/** A clock that is wrong by less than this does not make an index one of the future. */
const CLOCK_TOLERANCE_MS = 60 * 60 * 1000;

/** The signed part of a clear-signed text (RFC 4880, section 7). */
const SIGNED =
  /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:.+\n)*\n([^]*?)\n-----BEGIN PGP SIGNATURE-----/;

/**
 * Reads the dates of an index (Debian's repository format, fields `Date` and `Valid-Until`).
 *
 * @param inRelease - after its signature has been verified
 * @throws UnavailableError when it has no date
 */
export function readIndexDates(inRelease: string): IndexDates {
  const signed = SIGNED.exec(inRelease)?.[1] ?? '';
  const field = (name: string): string | undefined => {
    const text = new RegExp(`^${name}: (.+)$`, 'm').exec(signed)?.[1];
    const time = Date.parse(text ?? '');
    return Number.isNaN(time) ? undefined : new Date(time).toISOString();
  };
  const date = field('Date');
  if (date === undefined) throw new UnavailableError('the index of the archive has no date');
  return { date, validUntil: field('Valid-Until') };
}

/**
 * Why an index must not be relied on to have the newest packages. A mirror that is no longer updated
 * still offers a signed index.
 *
 * @returns undefined when it is valid now
 */
export function whyOutOfDate({ date, validUntil }: IndexDates, now: Date): string | undefined {
  if (Date.parse(date) > now.getTime() + CLOCK_TOLERANCE_MS) {
    return `is of ${day(date)}, which is in the future: check the clock of this machine`;
  }
  if (validUntil === undefined || Date.parse(validUntil) >= now.getTime()) return undefined;
  return `is out of date: it is of ${day(date)} and was valid until ${day(validUntil)}`;
}

/**
 * Why an index of security updates must not be relied on to have all of them. One without an end can be an old one, which
 * a false mirror replays: Debian gives an end to those of all suites that it maintains.
 *
 * @returns undefined when it is valid now
 */
export function whyWithoutUpdates(index: IndexDates, now: Date): string | undefined {
  if (index.validUntil !== undefined) return whyOutOfDate(index, now);
  return `is of ${day(index.date)} and does not state until when it is valid, as that of a suite without security updates`;
}

/** `2026-10-30` of a time in ISO 8601. */
export function day(time: string): string {
  return time.slice(0, 'yyyy-mm-dd'.length);
}
