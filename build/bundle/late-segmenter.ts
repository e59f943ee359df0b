import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const STRING_WIDTH = /[\\/]string-width[\\/]index\.js$/;
const AT_ONCE = 'const segmenter = new Intl.Segmenter();';
const WHEN_USED =
  'let made; const segmenter = { segment: (text) => (made ??= new Intl.Segmenter()).segment(text) };';

/**
 * Lets string-width make its segmenter when it first measures a text that is not ASCII. The package makes it
 * when it is loaded, which takes several milliseconds of the start of every command.
 */
export function lateSegmenter(): Plugin {
  return {
    name: 'late-segmenter',
    setup(build) {
      build.onLoad({ filter: STRING_WIDTH }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = text.replace(AT_ONCE, WHEN_USED);
        if (contents === text) return { errors: [{ text: `${path} has no line \`${AT_ONCE}\`` }] };
        return { contents, loader: 'js' };
      });
    },
  };
}
