import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Where each client of the AWS SDK describes what its calls send and receive. */
const SCHEMAS = /[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/;
const CONSTANT = /^const (_\w+) = ("[^"\\]*");$/gm;
const COMPUTED_KEY = /\[(_\w+)\]:/g;
/** Nothing but the names of errors is compared, in the program and in the SDK's providers of credentials. */
const ERROR_CLASS = /^n0_registry\.registerError\(\w+\$, \w+\);$/gm;

/**
 * Lets the bundle leave out descriptions of calls that are never made. Keys in it are written as
 * `[_name]`, and whatever computes a key counts as code with effects, which must stay; the names are
 * constants of the same file, so the keys are put in their place.
 *
 * Classes of errors are left out, too, which are a half of the client for Systems Manager: an error is then an instance of
 * the client's base class, with the name and message that the service has sent.
 */
export function leanSchemas(): Plugin {
  return {
    name: 'lean-schemas',
    setup(build) {
      build.onLoad({ filter: SCHEMAS }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const constants = new Map(
          [...text.matchAll(CONSTANT)].map(([, name, value]) => [name, value]),
        );
        const literal = text.replace(COMPUTED_KEY, (whole, name: string) => {
          const value = constants.get(name);
          return value === undefined ? whole : `${value}:`;
        });
        return { contents: literal.replace(ERROR_CLASS, ''), loader: 'js' };
      });
    },
  };
}
