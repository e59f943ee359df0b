import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Leaves a module out of a bundle: `await import()` of it becomes one of another file of dist/, which
 * is read only then.
 *
 * @param module - absolute path of the module that is the entry point of the other file
 * @param file - name of the other file
 */
export function separateEntry(module: string, file: string): Plugin {
  return {
    name: 'separate-entry',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\// }, (args) => {
        if (args.kind === 'entry-point') return undefined;
        if (join(args.resolveDir, args.path) !== module) return undefined;
        if (args.kind !== 'dynamic-import') {
          return { errors: [{ text: `${file} is reached by \`await import()\` only` }] };
        }
        return { path: `./${file}`, external: true };
      });
    },
  };
}
