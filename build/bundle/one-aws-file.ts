import { build } from 'esbuild';
import {
  AWS_COMMANDS,
  AWS_SESSION,
  bundlePlugins,
  COMMON_OPTIONS,
  LOADED_LATER,
  SIGN_IN,
  type BundleFile,
} from './bundle-files.ts';
import { ROOT } from '../runtime/setup.mjs';

/** Files of the bundle that each contain the core of the AWS SDK. */
const PARTS: readonly BundleFile[] = [AWS_SESSION, AWS_COMMANDS, SIGN_IN];
const WHOLE = 'aws-whole.cjs';

/**
 * Files that replace those of the bundle that contain the core of the AWS SDK: one file contains all of them and
 * the core once, the others load it. Together they have less than half the size, which matters where the program comes
 * without a runtime. A session loads a little more, so other packages keep the bundle as it is.
 *
 * @returns texts by names of files
 * @throws Error of esbuild when the sources cannot be bundled
 */
export async function oneAwsFile(): Promise<ReadonlyMap<string, string>> {
  const contents = PARTS.map(({ module }, index) => `export * as part${index} from './${module}';`);
  const result = await build({
    ...COMMON_OPTIONS,
    // Makes the package 35 KB smaller. The SDK compares names of classes (`NoOpLogger`, and `instanceof` of its exceptions),
    // and stack traces show those of functions.
    minifyIdentifiers: true,
    keepNames: true,
    stdin: { contents: contents.join('\n'), resolveDir: ROOT },
    plugins: bundlePlugins(LOADED_LATER.filter((file) => !PARTS.includes(file))),
  });
  const [whole] = result.outputFiles;
  return new Map([
    ...(whole === undefined ? [] : [[WHOLE, whole.text] as const]),
    ...PARTS.map(
      ({ name }, index) =>
        [
          `${name}.cjs`,
          `'use strict';module.exports=require('./${WHOLE}').part${index};\n`,
        ] as const,
    ),
  ]);
}
