/** A file of a locale: `de.res`, `zh_Hant_TW.res`; not `root.res`, `pool.res` or `zoneinfo64.res`. */
const LOCALE = /^(?!root\.|pool\.)[a-z]{2,3}(?:_\w+)?\.res$/;
const ENGLISH = /^en(?:_\w+)?\.res$/;
/** Tables of character sets other than Unicode's, and of words of languages written without spaces. */
const OTHER_TEXT = /\.(?:cnv|dict)$/;

/**
 * Whether an item stays: everything but the languages other than English and the character sets
 * other than Unicode's. Node.js itself can be built with no more than this ("small-icu"); texts in
 * other languages, which the program has none of, come out in English then.
 *
 * @param name - with directories, as in the table of contents
 */
export function isNeeded(name: string): boolean {
  const file = name.slice(name.lastIndexOf('/') + 1);
  if (OTHER_TEXT.test(file)) return false;
  return !LOCALE.test(file) || ENGLISH.test(file);
}
