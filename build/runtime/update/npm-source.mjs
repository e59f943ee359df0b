import { SetupError, npmOutput } from '../setup.mjs';
import { isRelease } from '../releases/versions.mjs';

const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;

/**
 * A source of runtimes, as far as pins need it.
 *
 * @typedef {object} PinSource
 * @property {string} name - for people
 * @property {(target: string) => readonly string[]} versions - of the releases that it has for a system, in any order
 * @property {(target: string, version: string) => PinnedFile | undefined} find - undefined when it lacks this one
 */

/**
 * What a source knows about the archive of a version for one system.
 *
 * @typedef {{ published: string } & import('../pins.mjs').Digests} PinnedFile
 */

/**
 * The npm registry, which `npm view` asks.
 *
 * @param {Record<string, import('../pins.mjs').RuntimePin>} pins - name the package of each system
 * @returns {PinSource}
 * @throws SetupError from its methods, when npm cannot be asked
 */
export function npmSource(pins) {
  /** @type {Map<string, { versions: string[], time: Record<string, string> }>} */
  const answers = new Map();
  /**
   * @param {string} name
   */
  const ask = (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const content = view([name, 'versions', 'time']);
    const { versions, time } =
      /** @type {{ versions: string | string[], time: Record<string, string> }} */ (content);
    // npm writes a list of one as its only element.
    const answer = { versions: [versions].flat().filter(isRelease), time };
    answers.set(name, answer);
    return answer;
  };
  const packages = [...new Set(Object.values(pins).map((pin) => pin.package))];
  /**
   * The packages have different maintainers: a release appears first in one of them.
   *
   * @param {string} version
   */
  const firstDay = (version) => {
    const times = packages
      .map((name) => ask(name).time[version] ?? '')
      .filter((time) => time !== '');
    return (times.sort()[0] ?? '').slice(0, 'YYYY-MM-DD'.length);
  };
  /**
   * @param {string} target
   */
  const packageOf = (target) => pins[target]?.package ?? '';
  /** @type {Map<string, string>} */
  const integrities = new Map();
  /**
   * @param {string} release - `package@version`
   */
  const integrityOf = (release) => {
    const known = integrities.get(release);
    if (known !== undefined) return known;
    const integrity = view([release, 'dist.integrity']);
    if (typeof integrity !== 'string' || !INTEGRITY.test(integrity)) {
      throw new SetupError(`npm has no SHA-512 integrity of ${release}`);
    }
    integrities.set(release, integrity);
    return integrity;
  };
  return {
    name: 'npm',
    versions: (target) => ask(packageOf(target)).versions,
    find(target, version) {
      const name = packageOf(target);
      if (!ask(name).versions.includes(version)) return undefined;
      return { published: firstDay(version), integrity: integrityOf(`${name}@${version}`) };
    },
  };
}

/**
 * @param {string[]} args
 * @returns {unknown}
 */
function view(args) {
  const text = npmOutput(['view', ...args, '--json']);
  try {
    return JSON.parse(text);
  } catch {
    throw new SetupError(`npm view ${args.join(' ')} printed no JSON`);
  }
}
