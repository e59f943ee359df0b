import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const LICENCE_FILE = /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i;

/**
 * The licences of the packages whose code is part of a bundle, which most of them ask to be
 * distributed with it.
 *
 * @param root - the directory that the paths in the metafiles start from
 * @throws Error when a package has no licence file
 */
export function thirdPartyLicences(root: string, metafiles: readonly Metafile[]): string {
  const packages = new Set(
    metafiles
      .flatMap((metafile) => Object.keys(metafile.inputs))
      .map((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
      .filter((directory) => directory !== undefined),
  );
  return [...packages]
    .sort()
    .map((directory) => {
      const texts = readdirSync(join(root, directory))
        .filter((file) => LICENCE_FILE.test(file))
        .sort()
        .map((file) => readFileSync(join(root, directory, file), 'utf8').trim());
      if (texts.length === 0) throw new Error(`${directory} has no licence file`);
      return `${directory.replace(/^.*node_modules\//, '')}\n\n${texts.join('\n\n')}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
