import type { Plugin } from 'esbuild';

const NAMESPACE = 'late-builtins';

/**
 * Modules of Node.js that are not loaded when a script begins. Each takes up to 2 ms, and most runs need few of
 * them.
 */
const LATE =
  /^(?:node:)?(child_process|crypto|dns|fs\/promises|http|https|net|os|readline|tls|tty|zlib)$/;

/**
 * Loads a module of Node.js when something of it is first used, and not when a module that imports it is
 * evaluated.
 *
 * A namespace that esbuild makes of a CommonJS module has the same prototype as its exports. So the properties
 * come from a prototype that loads the module.
 */
export function lateBuiltins(): Plugin {
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: LATE }, ({ path, namespace }) => {
        const builtin = `node:${path.replace(/^node:/, '')}`;
        return namespace === NAMESPACE
          ? { path: builtin, external: true }
          : { path: builtin, namespace: NAMESPACE };
      });
      build.onLoad({ filter: /^/, namespace: NAMESPACE }, ({ path }) => ({
        contents:
          `let loaded;\n` +
          `const get = (_, name) =>\n` +
          `  name === '__esModule' ? undefined : (loaded ??= require('${path}'))[name];\n` +
          `module.exports = Object.create(new Proxy({}, { get }));`,
      }));
    },
  };
}
