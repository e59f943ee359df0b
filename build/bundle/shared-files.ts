import { basename, relative } from 'node:path';
import { build, transform, type Metafile, type OutputFile } from 'esbuild';
import { ROOT } from '../runtime/setup.mjs';
import { bundlePlugins, COMMON_OPTIONS, LOADED_LATER } from './bundle-files.ts';

/** The name of a shared file, with the hash of its content, which cannot be compressed. */
const SHARED_NAME = /shared-[A-Z0-9]{8}/g;

/** Read in browsers only, but by an `import()` of a whole module, so esbuild cannot leave it out. */
const BROWSER_PACKAGE = 'bowser';

/** The functions that esbuild puts before each CommonJS module. In a file of their own they save a fiftieth of the package. */
const HELPERS = 'helpers.cjs';
const HELPER_NAMES = ['__export', '__toESM', '__toCommonJS'];
const LOAD_HELPERS = `var{${HELPER_NAMES.join()}}=require("./${HELPERS}");`;
/** Modules before which it puts all of them, and those that a module without imports needs. */
const HELPED = ['import a from "a";export default a;', 'export default 1;'];

type Outputs = Metafile['outputs'];

/** @returns paths of the files that the entry points need: esbuild makes one of each `import()`, also in unused code */
function neededOutputs(outputs: Outputs): ReadonlySet<string> {
  const modules = new Set(LOADED_LATER.map(({ module }) => module));
  const needed = new Set<string>();
  const visit = (path: string): void => {
    const output = outputs[path];
    if (output === undefined || needed.has(path)) return;
    needed.add(path);
    output.imports.filter(({ external }) => external !== true).forEach((one) => visit(one.path));
  };
  Object.entries(outputs)
    .filter(([, { entryPoint = '' }]) => modules.has(entryPoint))
    .forEach(([path]) => visit(path));
  return needed;
}

/** @returns the path of the largest source in a file */
function mainSource(output: Outputs[string] | undefined): string {
  const sources = Object.entries(output?.inputs ?? {});
  const [largest] = sources.sort(([, one], [, other]) => other.bytesInOutput - one.bytesInOutput);
  return largest?.[0] ?? '';
}

/**
 * Short names for shared files. The same files get the same names. They are in the order of their sources: gzip sees
 * 32 KiB back, and what is alike is then near, which saves a thirtieth of the package.
 *
 * @returns names by those of esbuild
 */
function shortNames(outputs: Outputs, paths: Iterable<string>): ReadonlyMap<string, string> {
  const shared = [...paths].flatMap((path) => {
    const [name] = basename(path).match(SHARED_NAME) ?? [];
    return name === undefined ? [] : [{ name, order: `${mainSource(outputs[path])} ${name}` }];
  });
  const width = shared.length.toString(36).length;
  shared.sort((one, other) => (one.order < other.order ? -1 : 1));
  return new Map(shared.map(({ name }, at) => [name, `p${at.toString(36).padStart(width, '0')}`]));
}

async function toCommonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: COMMON_OPTIONS.platform,
    target: COMMON_OPTIONS.target,
    supported: COMMON_OPTIONS.supported,
    minifySyntax: COMMON_OPTIONS.minifySyntax,
    minifyWhitespace: COMMON_OPTIONS.minifyWhitespace,
    legalComments: 'inline',
  });
  return code;
}

/** @returns what esbuild puts before a module: everything up to its exports */
async function helpersOf(text: string): Promise<string> {
  const [helpers = ''] = (await toCommonJs(text)).split('var stdin_exports', 1);
  return helpers;
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
  const { outputFiles, metafile } = await build({
    ...COMMON_OPTIONS,
    // Saves a tenth of the package. The AWS SDK compares names of classes (`NoOpLogger`, and `instanceof` of its
    // exceptions), and stack traces show those of functions.
    minifyIdentifiers: true,
    keepNames: true,
    entryPoints: LOADED_LATER.map(({ module, name }) => ({ in: module, out: name })),
    external: [BROWSER_PACKAGE],
    plugins: bundlePlugins([]),
    // esbuild shares code between ES modules only; they become CommonJS below.
    format: 'esm',
    splitting: true,
    supported: {},
    chunkNames: 'shared-[hash]',
  });
  const needed = neededOutputs(metafile.outputs);
  const names = shortNames(metafile.outputs, needed);
  const rename = (text: string): string =>
    text.replace(SHARED_NAME, (name) => names.get(name) ?? name);
  const isNeeded = ({ path }: OutputFile): boolean => needed.has(relative(ROOT, path));
  const helpers = await Promise.all(HELPED.map(helpersOf));
  const files = outputFiles.filter(isNeeded).map(async ({ path, text }) => {
    const code = await toCommonJs(rename(text));
    const own = helpers.find((one) => code.startsWith(one));
    const shorter = own === undefined ? code : `${LOAD_HELPERS}${code.slice(own.length)}`;
    return [rename(basename(path)), shorter] as const;
  });
  const [all = ''] = helpers;
  return new Map([
    [HELPERS, `${all}module.exports={${HELPER_NAMES.join()}};`],
    ...(await Promise.all(files)),
  ]);
}
