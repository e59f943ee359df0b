import { readFileSync } from 'node:fs';

/** What the loader of glibc reads to find a library (ld.so(8)). */
const LOADER_CACHE = '/etc/ld.so.cache';

/**
 * Whether the loader of this machine finds a shared library.
 *
 * @param {string} name - such as `libatomic.so.1`
 * @param {string} [cache] - path of the loader's list of libraries
 * @returns {boolean} also true where there is no list, as with another libc: only the loader knows there
 */
export function loaderFinds(name, cache = LOADER_CACHE) {
  try {
    // It holds the paths as strings of C.
    return readFileSync(cache, 'latin1').includes(`/${name}\0`);
  } catch {
    return true;
  }
}
