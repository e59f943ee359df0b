import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/** The module whose texts are files beside it. */
const SOURCES = /[\\/]src[\\/]relay[\\/]sources\.ts$/;
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
        const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
        const embedded = text
          .replace(CALL, () => `= ${JSON.stringify(texts.shift())}`)
          .replace(/^import .*$/m, '')
          .replace(/^function readSource[^]*$/m, '');
        return { contents: embedded, loader: 'ts', watchFiles: files };
      });
    },
  };
}
