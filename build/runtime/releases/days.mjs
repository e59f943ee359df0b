const MS_PER_DAY = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The day of a moment, in UTC.
 *
 * @param {number} time - in milliseconds since the epoch
 * @returns {string} `YYYY-MM-DD`
 */
export function dayOf(time) {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * @param {string} text
 */
export function isDay(text) {
  return DAY.test(text) && dayOf(Date.parse(text)) === text;
}

/**
 * How many days a day comes after another one.
 *
 * @param {string} from - `YYYY-MM-DD`
 * @param {string} to - `YYYY-MM-DD`
 * @returns {number} negative when `to` is the earlier
 */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / MS_PER_DAY);
}
