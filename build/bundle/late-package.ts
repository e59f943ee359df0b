import type { Plugin } from 'esbuild';

const NAMESPACE = 'late-package';

/**
 * Evaluates a package at the first call of its function, which is its default export, and not when a module
 * that imports it is evaluated.
 *
 * @param name - of the package
 * @param root - absolute path of a directory from which it is found
 */
export function latePackage(name: string, root: string): Plugin {
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ path, kind }) => {
        return kind === 'import-statement' ? { path, namespace: NAMESPACE } : undefined;
      });
      build.onLoad({ filter: /^/, namespace: NAMESPACE }, ({ path }) => ({
        contents:
          `let loaded;\n` +
          `export default (...values) => (loaded ??= require('${path}')).default(...values);`,
        resolveDir: root,
      }));
    },
  };
}
