import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/** The module whose texts are files beside it. */
const SOURCES = /[\\/]src[\\/]relay[\\/]sources\.ts$/;
/** Lines of comments, and empty ones: the sources are sent to the target, which reads none. */
const COMMENT_LINE = /^ *(?:#.*)?\n/gm;
const CALL = /= readSource\('([\w.]+)'\)/g;

/** Puts the programs of the relay into the bundle, in place of reading them from files. */
export function embeddedSources(): Plugin {
  return {
    name: 'embedded-sources',
    setup(build) {
      build.onLoad({ filter: SOURCES }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const names = [...text.matchAll(CALL)].map(([, name = '']) => name);
        const files = names.map((name) => join(dirname(path), name));
        const sources = await Promise.all(files.map((file) => readFile(file, 'utf8')));
        const texts = sources.map((source) => source.replaceAll(COMMENT_LINE, ''));
        const embedded = text
          .replace(CALL, () => `= ${JSON.stringify(texts.shift())}`)
          .replace(/^import .*$/m, '')
          .replace(/^function readSource[^]*$/m, '');
        return { contents: embedded, loader: 'ts', watchFiles: files };
      });
    },
  };
}
