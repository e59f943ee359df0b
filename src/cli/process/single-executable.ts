// The main script of the native binary: the executable contains the files of the bundle, each with the
// code cache that V8 made of it when the binary was built. They are loaded from there when required.

import { getRawAsset } from 'node:sea';
import { restoreHiddenVariables } from './hidden-variables.ts';
import { bundleRequire, CODE_CACHE_SUFFIX, compileBundleFile } from '../../lib/bundle-file.ts';

/** The `require` of a single-executable application, which knows the modules of the runtime only. */
declare const require: (id: string) => unknown;

function asset(name: string): Buffer {
  return Buffer.from(getRawAsset(name));
}

/** Binaries for systems whose runtime does not run where they are built have no code cache. */
function codeCacheOf(name: string): Buffer | undefined {
  try {
    return asset(name + CODE_CACHE_SUFFIX);
  } catch {
    return undefined;
  }
}

restoreHiddenVariables(process.env);
bundleRequire(
  (name) => compileBundleFile(name, asset(name), codeCacheOf(name)),
  require,
)('./session-manager-plugin.cjs');
