const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/**
 * Whether a text is a version of a release, such as `26.12.1`; one that is not final has more after the numbers.
 *
 * @param {string} text
 */
export function isRelease(text) {
  return VERSION.test(text);
}

/**
 * Orders versions of releases.
 *
 * @param {string} one
 * @param {string} other
 * @returns {number} less than 0 when `one` is the older
 */
export function compareReleases(one, other) {
  const numbers = other.split('.').map(Number);
  const differences = one.split('.').map((number, index) => Number(number) - (numbers[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/**
 * The release line that a version belongs to.
 *
 * @param {string} version
 * @returns {string} the major version
 */
export function lineOf(version) {
  return version.split('.', 1)[0] ?? '';
}
