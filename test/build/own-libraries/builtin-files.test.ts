import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { moveBuiltins } from '../../../build/own-libraries/debian-node/builtin-files.ts';

const DIRECTORY = '/usr/local/sessionmanagerplugin/lib';
const ACORN = '/usr/share/nodejs/acorn/dist/acorn.js';
const WALK = '/usr/share/nodejs/acorn-walk/dist/walk.js';

function library(...strings: readonly string[]): Buffer {
  return Buffer.from(`\x7fELF\0${strings.join('\0')}\0`, 'latin1');
}

describe('the files that libnode reads', () => {
  it('are read from another directory, by paths of the same length', () => {
    const before = library(ACORN, 'between', WALK);
    const { library: after, files } = moveBuiltins(before, DIRECTORY);
    assert.deepEqual(after, library(`${DIRECTORY}/0`, 'between', `${DIRECTORY}/////1`));
    assert.deepEqual(
      [...files],
      [
        ['0', ACORN.slice(1)],
        ['1', WALK.slice(1)],
      ],
    );
  });

  it('are distinguished from labels inside modules and the record of the configuration', () => {
    const others = ['"../../usr/share/nodejs/minimatch/index.js"', `"-DACORN_PATH=${ACORN}"`];
    const { library: after } = moveBuiltins(library(ACORN, ...others), DIRECTORY);
    assert.deepEqual(after, library(`${DIRECTORY}/0`, ...others));
  });

  it('must be there', () => {
    assert.throws(() => moveBuiltins(library('nothing'), DIRECTORY), /reads no file from/);
  });

  it('must not appear in unknown places', () => {
    for (const other of ['var a = "/usr/share/nodejs/a.js"', '/usr/share/nodejs', `${ACORN}:/b`]) {
      assert.throws(
        () => moveBuiltins(library(ACORN, other), DIRECTORY),
        /at offset \d+ where/,
        other,
      );
    }
  });

  it('must have room for their new paths', () => {
    assert.throws(
      () => moveBuiltins(library(ACORN), `${DIRECTORY}/x`),
      /is longer than the 37 bytes/,
    );
  });
});
