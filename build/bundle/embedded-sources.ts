import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import * as relaySources from '../../src/relay/sources.ts';

/** The module whose texts are files beside it. */
const SOURCES = /[\\/]src[\\/]relay[\\/]sources\.ts$/;

/** Puts the programs of the relay into the bundle, in place of reading them from files. */
export function embeddedSources(): Plugin {
  return {
    name: 'embedded-sources',
    setup(build) {
      build.onLoad({ filter: SOURCES }, async ({ path }) => {
        const directory = dirname(path);
        const files = (await readdir(directory)).map((name) => join(directory, name));
        const contents = Object.entries(relaySources)
          .map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};`)
          .join('\n');
        return { contents, loader: 'ts', watchFiles: files };
      });
    },
  };
}
