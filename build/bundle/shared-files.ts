import { basename } from 'node:path';
import { build, transform } from 'esbuild';
import { bundlePlugins, COMMON_OPTIONS, LOADED_LATER } from './bundle-files.ts';

/** The name of a shared file, with the hash of its content, which cannot be compressed. */
const SHARED_NAME = /shared-[A-Z0-9]{8}/g;

/** @returns short names for the shared files, by their names; the same files get the same names */
function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const names = paths.flatMap((path) => basename(path).match(SHARED_NAME) ?? []);
  return new Map(names.sort().map((name, at) => [name, `part-${at.toString(36)}`]));
}

/**
 * Files that replace those of the bundle: what several of them need is in files of its own, once, above all the core of
 * the AWS SDK. Together they have half the size, which matters where the program comes without a runtime. More files are
 * loaded, so other packages keep the bundle as it is.
 *
 * @returns texts by names of files
 * @throws Error of esbuild when the sources cannot be bundled
 */
export async function sharedFiles(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    ...COMMON_OPTIONS,
    // Saves a tenth of the package. The AWS SDK compares names of classes (`NoOpLogger`, and `instanceof` of its
    // exceptions), and stack traces show those of functions.
    minifyIdentifiers: true,
    keepNames: true,
    entryPoints: LOADED_LATER.map(({ module, name }) => ({ in: module, out: name })),
    plugins: bundlePlugins([]),
    // esbuild shares code between ES modules only; they become CommonJS below.
    format: 'esm',
    splitting: true,
    supported: {},
    chunkNames: 'shared-[hash]',
  });
  const names = shortNames(outputFiles.map(({ path }) => path));
  const rename = (text: string): string =>
    text.replace(SHARED_NAME, (name) => names.get(name) ?? name);
  const files = outputFiles.map(async ({ path, text }) => {
    const { code } = await transform(rename(text), {
      format: 'cjs',
      platform: COMMON_OPTIONS.platform,
      target: COMMON_OPTIONS.target,
      supported: COMMON_OPTIONS.supported,
      minifySyntax: COMMON_OPTIONS.minifySyntax,
      minifyWhitespace: COMMON_OPTIONS.minifyWhitespace,
      legalComments: 'inline',
    });
    return [rename(basename(path)), code] as const;
  });
  return new Map(await Promise.all(files));
}
