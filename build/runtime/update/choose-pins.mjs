import { SetupError } from '../setup.mjs';
import { compareReleases, lineOf } from '../releases/versions.mjs';

/**
 * @typedef {import('../pins.mjs').RuntimePin} RuntimePin
 * @typedef {import('../pins.mjs').Digests} Digests
 * @typedef {import('./npm-source.mjs').PinSource} PinSource
 * @typedef {import('./npm-source.mjs').PinnedFile} PinnedFile
 */

/**
 * Pins a release for each system: the wanted one, or the newest before it in the same line that a source has. The
 * system that builds must have the same version, to make programs for the other one.
 *
 * @param {Record<string, RuntimePin>} pins - as they are
 * @param {string} wanted - a version
 * @param {readonly PinSource[]} sources
 * @returns {Record<string, RuntimePin>}
 * @throws SetupError when no source has the wanted version, or none has any of its line for a system
 */
export function choosePins(pins, wanted, sources) {
  /**
   * @param {string} target
   * @param {string} version
   */
  const find = (target, version) => findFile(target, version, pins[target], sources);
  const targets = Object.keys(pins);
  if (!targets.some((target) => sources.some((source) => source.find(target, wanted)))) {
    const names = sources.map(({ name }) => name).join(', ');
    throw new SetupError(
      `no source (${names}) has Node.js ${wanted}${newestOf(wanted, targets, sources)}`,
    );
  }
  const builders = targets.filter((target) => pins[target]?.generators !== undefined);
  /** @type {Record<string, RuntimePin>} */
  const chosen = {};
  for (const target of targets) {
    const pin = pins[target];
    if (pin === undefined) continue;
    const version = candidates(target, wanted, pin, sources).find(
      (candidate) =>
        find(target, candidate) !== undefined &&
        builders.every((builder) => find(builder, candidate) !== undefined),
    );
    const file = version === undefined ? undefined : find(target, version);
    if (version === undefined || file === undefined) {
      throw new SetupError(
        `no source has Node.js ${lineOf(wanted)} up to ${wanted} for ${target}${builders.length > 0 ? ` and for ${builders.join(', ')}, which makes its program` : ''}`,
      );
    }
    chosen[target] = pinOf(pin, version, file);
  }
  for (const builder of builders) {
    const pin = chosen[builder];
    if (pin !== undefined) pin.generators = generatorsOf(pin, Object.values(chosen), builder, find);
  }
  return chosen;
}

/**
 * What all sources know about a file. Two digests are better than one, and what is pinned stays known.
 *
 * @param {string} target
 * @param {string} version
 * @param {RuntimePin | undefined} pin
 * @param {readonly PinSource[]} sources
 * @returns {PinnedFile | undefined}
 */
function findFile(target, version, pin, sources) {
  const files = sources.flatMap((source) => source.find(target, version) ?? []);
  const kept = pin === undefined ? undefined : keptDigests(pin, version);
  if (kept !== undefined) files.unshift(kept);
  if (files.length === 0) return undefined;
  const days = files.map(({ published }) => published).filter((day) => day !== '');
  return {
    published: days.sort()[0] ?? '',
    ...digestsOf({
      integrity: files.findLast((file) => file.integrity !== undefined)?.integrity,
      sha256: files.findLast((file) => file.sha256 !== undefined)?.sha256,
    }),
  };
}

/**
 * @param {RuntimePin} pin
 * @param {string} wanted
 * @returns {PinnedFile | undefined}
 */
function keptDigests({ version, published, integrity, sha256, generators = {} }, wanted) {
  if (version === wanted) return { published, ...digestsOf({ integrity, sha256 }) };
  const digests = generators[wanted];
  return digests === undefined ? undefined : { published: '', ...digests };
}

/**
 * Leaves out the properties that are not known.
 *
 * @param {{ integrity?: string | undefined, sha256?: string | undefined }} digests
 * @returns {Digests}
 */
function digestsOf({ integrity, sha256 }) {
  return {
    ...(integrity === undefined ? {} : { integrity }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

/**
 * @param {string} target
 * @param {string} wanted
 * @param {RuntimePin} pin
 * @param {readonly PinSource[]} sources
 * @returns {string[]} the newest first
 */
function candidates(target, wanted, pin, sources) {
  const versions = new Set([
    wanted,
    pin.version,
    ...sources.flatMap((source) => source.versions(target)),
  ]);
  return [...versions]
    .filter((version) => lineOf(version) === lineOf(wanted))
    .filter((version) => compareReleases(version, wanted) <= 0)
    .sort((one, other) => compareReleases(other, one));
}

/** The properties of a pin that a new release replaces. */
const OF_A_RELEASE = new Set(['version', 'published', 'integrity', 'sha256']);

/**
 * @param {RuntimePin} pin
 * @param {string} version
 * @param {PinnedFile} file
 * @returns {RuntimePin}
 */
function pinOf(pin, version, { published, ...digests }) {
  const { package: name, megabytes, ...rest } = pin;
  const others = Object.entries(rest).filter(([property]) => !OF_A_RELEASE.has(property));
  return {
    ...{ package: name, megabytes, version, published },
    ...digestsOf(digests),
    ...Object.fromEntries(others),
  };
}

/**
 * @param {RuntimePin} builder
 * @param {readonly RuntimePin[]} pins
 * @param {string} target
 * @param {(target: string, version: string) => PinnedFile | undefined} find
 * @returns {Record<string, Digests>}
 */
function generatorsOf(builder, pins, target, find) {
  const versions = new Set(pins.map(({ version }) => version));
  versions.delete(builder.version);
  return Object.fromEntries(
    [...versions]
      .sort((one, other) => compareReleases(other, one))
      .map((version) => [version, digestsOf(find(target, version) ?? {})]),
  );
}

/**
 * @param {string} wanted
 * @param {readonly string[]} targets
 * @param {readonly PinSource[]} sources
 */
function newestOf(wanted, targets, sources) {
  const newest = targets
    .flatMap((target) => sources.flatMap((source) => source.versions(target)))
    .filter((version) => lineOf(version) === lineOf(wanted))
    .sort(compareReleases)
    .at(-1);
  return newest === undefined ? '' : `; the newest of this line is ${newest}`;
}
