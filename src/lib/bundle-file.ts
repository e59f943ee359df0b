import { Script } from 'node:vm';

/** The parameters of a CommonJS file. */
export type BundleFile = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { exports: unknown },
) => void;

/** Ends the name of a file's code cache. */
export const CODE_CACHE_SUFFIX = '.cache';

// Without a line break, so that the lines in stack traces and logs are those of the file.
const BEGIN = '(function (exports, require, module) {';
const END = '\n})';

/** Makes a function of a CommonJS file. A native binary has its files in this form, which saves copies at the start. */
export function wrapBundleFile(source: Buffer): Buffer {
  return Buffer.concat([Buffer.from(BEGIN), source, Buffer.from(END)]);
}

/**
 * Compiles a file of the bundle.
 *
 * @param wrapped - its bytes as a function; the bundler writes only ASCII, which needs no decoding
 * @param codeCache - the result of an earlier compilation by V8; one that does not fit this runtime is
 *   ignored, and the file is compiled again
 */
export function compileBundleFile(name: string, wrapped: Buffer, codeCache?: Buffer): Script {
  return new Script(wrapped.toString('latin1'), {
    filename: name,
    ...(codeCache === undefined ? {} : { cachedData: codeCache }),
  });
}

/**
 * `require` for files of the bundle, which name each other as `./name.cjs`. Each file is run once, when
 * it is first required.
 *
 * @param compile - compiles the file with this name
 * @param builtin - `require` for modules of the runtime
 */
export function bundleRequire(
  compile: (name: string) => Pick<Script, 'runInThisContext'>,
  builtin: (id: string) => unknown,
): (id: string) => unknown {
  const modules = new Map<string, { exports: unknown }>();
  const require = (id: string): unknown => {
    if (!id.startsWith('./')) return builtin(id);
    const loaded = modules.get(id);
    if (loaded !== undefined) return loaded.exports;
    const module = { exports: {} };
    modules.set(id, module);
    const run = compile(id.slice(2)).runInThisContext() as BundleFile;
    run(module.exports, require, module);
    return module.exports;
  };
  return require;
}
