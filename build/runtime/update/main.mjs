// `npm run runtimes` lists the pinned runtimes, their ages, and what npm and, if SSM_NODE_DIST names a place, the vendor
// have. It runs on any Node.js from 20 on, because the pinned one may be what cannot be fetched.
//
//     -- 26.12.2                      pins this release for each system, or the newest before it
//     -- --refresh                    completes the list of security releases from SSM_NODE_DIST
//     -- --security-release 26.12.2   adds one to the list

import { renameSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { PINS_FILE, readPins } from '../pins.mjs';
import { dayOf } from '../releases/days.mjs';
import { KNOWN_RELEASES_FILE, readKnownReleases } from '../releases/known-releases.mjs';
import { isRelease } from '../releases/versions.mjs';
import { ROOT, SetupError } from '../setup.mjs';
import { DIST_VARIABLE, VENDORS_DIST, distLocation } from '../vendor/dist-location.mjs';
import { choosePins } from './choose-pins.mjs';
import { listPins } from './list-pins.mjs';
import { npmSource } from './npm-source.mjs';
import { withSecurityReleases } from './security-releases.mjs';
import { readIndex, vendorSource } from './vendor-source.mjs';

/**
 * Replaces a file in one step: what reads it meanwhile reads a whole one, and a failure leaves the old one.
 *
 * @param {string} path
 * @param {unknown} content
 */
function replace(path, content) {
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
  process.stdout.write(`${relative(ROOT, path)}\n`);
}

/**
 * @param {string | undefined} version
 * @returns {string}
 */
function requireVersion(version = '') {
  if (isRelease(version)) return version;
  throw new SetupError(`"${version}" is not a release: give three numbers, such as 26.12.1`);
}

/**
 * @param {Record<string, import('../pins.mjs').RuntimePin>} pins
 */
function sources(pins) {
  const location = distLocation();
  return location === undefined ? [npmSource(pins)] : [npmSource(pins), vendorSource(location)];
}

/**
 * @param {number} now - in milliseconds since the epoch
 */
function refresh(now) {
  const location = distLocation();
  if (location === undefined) {
    throw new SetupError(
      `only the vendor lists security releases: set ${DIST_VARIABLE} to ${VENDORS_DIST}, or add one by --security-release VERSION`,
    );
  }
  const known = readKnownReleases();
  const found = readIndex(location)
    .filter(({ security }) => security)
    .map(({ version }) => version);
  replace(KNOWN_RELEASES_FILE, withSecurityReleases(known, found, dayOf(now)));
}

function main() {
  const now = Date.now();
  const { values, positionals } = readArguments();
  const added = values['security-release'];
  if (
    [values.refresh, added, positionals[0]].filter(Boolean).length > 1 ||
    positionals.length > 1
  ) {
    throw new SetupError('give one version, or one option');
  }
  if (values.refresh) {
    refresh(now);
  } else if (added !== undefined) {
    const known = readKnownReleases();
    replace(KNOWN_RELEASES_FILE, withSecurityReleases(known, [requireVersion(added)], dayOf(now)));
  } else if (positionals.length > 0) {
    const wanted = requireVersion(positionals[0]);
    const pins = readPins();
    replace(PINS_FILE, choosePins(pins, wanted, sources(pins)));
  }
  const pins = readPins();
  process.stdout.write(listPins(pins, sources(pins), readKnownReleases(), dayOf(now)));
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        refresh: { type: 'boolean', default: false },
        'security-release': { type: 'string' },
      },
    });
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error));
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`runtimes: ${error.message}\n`);
  process.exitCode = 1;
}
