import { missedSecurityRelease } from '../releases/known-releases.mjs';
import { daysBetween } from '../releases/days.mjs';
import { compareReleases, lineOf } from '../releases/versions.mjs';

/**
 * A table of what is pinned for each system, its age, and the newest release of its line that each source has.
 *
 * @param {Record<string, import('../pins.mjs').RuntimePin>} pins
 * @param {readonly import('./npm-source.mjs').PinSource[]} sources
 * @param {import('../releases/known-releases.mjs').KnownReleases} known
 * @param {string} today - `YYYY-MM-DD`
 * @returns {string} lines
 */
export function listPins(pins, sources, known, today) {
  const header = ['system', 'pinned', 'published', 'age', ...sources.map(({ name }) => name), ''];
  const rows = Object.entries(pins).map(([target, { version, published }]) => [
    target,
    version,
    published,
    inDays(daysBetween(published, today)),
    ...sources.map((source) => newest(source.versions(target), version) ?? '-'),
    missedText(version, known),
  ]);
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const table = [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const lines = [...new Set(Object.values(pins).map(({ version }) => lineOf(version)))].sort();
  const ends = lines.map((line) => endText(line, known, today));
  const list = `The list of security releases is of ${known.checked}.`;
  return [...table, '', ...ends, list].map((line) => `${line}\n`).join('');
}

/**
 * @param {number} days
 */
function inDays(days) {
  return days === 1 ? '1 day' : `${days} days`;
}

/**
 * @param {readonly string[]} versions
 * @param {string} pinned
 */
function newest(versions, pinned) {
  return versions
    .filter((version) => lineOf(version) === lineOf(pinned))
    .sort(compareReleases)
    .at(-1);
}

/**
 * @param {string} version
 * @param {import('../releases/known-releases.mjs').KnownReleases} known
 */
function missedText(version, known) {
  const missed = missedSecurityRelease(version, known);
  return missed === undefined ? '' : `lacks the fixes of ${missed}`;
}

/**
 * @param {string} line
 * @param {import('../releases/known-releases.mjs').KnownReleases} known
 * @param {string} today
 */
function endText(line, { ends }, today) {
  const end = ends[line];
  if (end === undefined) return `The end of Node.js ${line} is not known.`;
  const days = daysBetween(today, end);
  if (days < 0) return `Node.js ${line} ended on ${end}.`;
  return `Node.js ${line} ends on ${end}, in ${inDays(days)}.`;
}
