import { basename } from 'node:path';
import { build, transform } from 'esbuild';
import {
  AWS_COMMANDS,
  AWS_S3,
  AWS_SESSION,
  bundlePlugins,
  COMMON_OPTIONS,
  LOADED_LATER,
  SIGN_IN,
  type BundleFile,
} from './bundle-files.ts';

/** Files of the bundle that each contain the core of the AWS SDK. */
const PARTS: readonly BundleFile[] = [AWS_SESSION, AWS_COMMANDS, AWS_S3, SIGN_IN];

/**
 * Files that replace those of the bundle that contain the core of the AWS SDK: what several of them need is in files of
 * its own, once. Together they have less than half the size, which matters where the program comes without a runtime. A
 * session loads some more files, so other packages keep the bundle as it is.
 *
 * @returns texts by names of files
 * @throws Error of esbuild when the sources cannot be bundled
 */
export async function sharedAwsFiles(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    ...COMMON_OPTIONS,
    // Makes the package smaller. The SDK compares names of classes (`NoOpLogger`, and `instanceof` of its exceptions), and
    // stack traces show those of functions.
    minifyIdentifiers: true,
    keepNames: true,
    entryPoints: PARTS.map(({ module, name }) => ({ in: module, out: name })),
    plugins: bundlePlugins(LOADED_LATER.filter((file) => !PARTS.includes(file))),
    // esbuild shares code between ES modules only; they become CommonJS below.
    format: 'esm',
    splitting: true,
    supported: {},
    chunkNames: 'aws-[hash]',
  });
  const files = outputFiles.map(async ({ path, text }) => {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: COMMON_OPTIONS.platform,
      target: COMMON_OPTIONS.target,
      supported: COMMON_OPTIONS.supported,
      minifySyntax: COMMON_OPTIONS.minifySyntax,
      minifyWhitespace: COMMON_OPTIONS.minifyWhitespace,
      legalComments: 'inline',
    });
    return [basename(path), code] as const;
  });
  return new Map(await Promise.all(files));
}
