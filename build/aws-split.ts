import { join, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/** The file that holds src/aws and the AWS SDK: large, and not needed by every run. */
export const AWS_BUNDLE = 'aws.cjs';

/** Absolute paths of the modules of src/aws that the program reaches by `await import()`. */
export type AwsModules = Set<string>;

/**
 * Leaves src/aws out of the bundle of the program: a dynamic import of one of its modules becomes
 * one of `aws.cjs`, which exports what all of them export.
 *
 * @param directory - absolute path of src/aws
 * @param reached - receives the modules that were imported
 */
export function splitAwsOff(directory: string, reached: AwsModules): Plugin {
  return {
    name: 'split-aws-off',
    setup(build) {
      build.onResolve({ filter: /\/aws\// }, (args) => {
        const path = join(args.resolveDir, args.path);
        if (!path.startsWith(directory + sep)) return undefined;
        if (args.kind !== 'dynamic-import') {
          return { errors: [{ text: 'src/aws is reached by `await import()` only' }] };
        }
        reached.add(path);
        return { path: `./${AWS_BUNDLE}`, external: true };
      });
    },
  };
}
