import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { lateSegmenter } from '../../../build/bundle/late-segmenter.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const PACKAGE = join(import.meta.dirname, '../../../node_modules/string-width/index.js');

/** Runs string-width as it is in the bundle. */
async function loadBundled(
  t: TestContext,
): Promise<{ readonly widthOf: (text: string) => unknown; readonly made: () => number }> {
  const outfile = join(temporaryDirectory(t), 'bundle.js');
  await build({
    entryPoints: [PACKAGE],
    bundle: true,
    format: 'iife',
    globalName: 'bundled',
    outfile,
    plugins: [lateSegmenter()],
  });
  let made = 0;
  class CountedSegmenter extends Intl.Segmenter {
    constructor() {
      super();
      made++;
    }
  }
  const context = { Intl: { ...Intl, Segmenter: CountedSegmenter }, text: '' };
  runInNewContext(readFileSync(outfile, 'utf8'), context);
  return {
    widthOf(text) {
      context.text = text;
      const width: unknown = runInNewContext('bundled.default(text)', context);
      return width;
    },
    made: () => made,
  };
}

describe('string-width in the bundle', () => {
  it('makes a segmenter only for a text that needs one, and only one', async (t) => {
    const { widthOf, made } = await loadBundled(t);
    assert.equal(widthOf('plain'), 5);
    assert.equal(made(), 0);
    assert.equal(widthOf('業務'), 4);
    assert.equal(widthOf('e\u0301'), 1);
    assert.equal(made(), 1);
  });
});
