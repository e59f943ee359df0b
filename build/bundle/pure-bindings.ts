import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** What the SDK's core offers for reading and writing values. */
const SERDE = /[\\/]@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]serde[\\/]index\.js$/;
/** Binds a function to this platform: `v4 = bindV4(…)`, `class … extends bindUint8ArrayBlobAdapter(…)`. */
const BINDING = /(= |extends )(?=bind\w+\()/g;

/**
 * Lets the bundle leave out what the SDK's core binds to Node.js when nothing uses it. esbuild keeps the result of
 * a call that is not marked as pure. One of these loads the Web Crypto API, which takes a millisecond.
 */
export function pureBindings(): Plugin {
  return {
    name: 'pure-bindings',
    setup(build) {
      build.onLoad({ filter: SERDE }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        return { contents: text.replace(BINDING, '$1/* @__PURE__ */ '), loader: 'js' };
      });
    },
  };
}
