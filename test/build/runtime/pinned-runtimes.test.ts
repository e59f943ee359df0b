import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PINS_FILE, readPins } from '../../../build/runtime/pins.mjs';
import { isDay } from '../../../build/runtime/releases/days.mjs';
import {
  KNOWN_RELEASES_FILE,
  missedSecurityRelease,
  readKnownReleases,
} from '../../../build/runtime/releases/known-releases.mjs';
import { isRelease, lineOf } from '../../../build/runtime/releases/versions.mjs';

describe('the pinned runtimes', () => {
  it('have a version, the day it appeared, a digest, and a line whose end is known', () => {
    const { ends } = readKnownReleases();
    for (const [target, pin] of Object.entries(readPins())) {
      assert.ok(isRelease(pin.version), target);
      assert.ok(isDay(pin.published), target);
      assert.ok(pin.integrity !== undefined || pin.sha256 !== undefined, target);
      assert.ok(isDay(ends[lineOf(pin.version)] ?? ''), target);
    }
  });

  it('are written as the script writes them, so that it changes only what it pins', () => {
    for (const file of [PINS_FILE, KNOWN_RELEASES_FILE]) {
      const text = readFileSync(file, 'utf8');
      assert.equal(text, `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`);
    }
  });
});

describe('a missed security release', () => {
  const known = {
    checked: '2026-11-29',
    ends: {},
    securityReleases: { '26.9.1': '', '26.10.2': '', '24.22.3': '' },
  };

  it('is the newest of the same line that comes after a version', () => {
    assert.equal(missedSecurityRelease('26.9.0', known), '26.10.2');
    assert.equal(missedSecurityRelease('26.10.1', known), '26.10.2');
  });

  it('is none for that release and later ones, and for other lines', () => {
    for (const version of ['26.10.2', '26.11.0', '22.1.0']) {
      assert.equal(missedSecurityRelease(version, known), undefined);
    }
  });
});
