import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const LICENCE_FILE = /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i;
const SEPARATOR = '-'.repeat(80);

/**
 * The licences of the packages whose code is part of a bundle, which most of them ask to be
 * distributed with it. A text that several packages share stands there once.
 *
 * @param root - the directory that the paths in the metafiles start from
 * @throws Error when a package does not say under which licence it stands
 */
export function thirdPartyLicences(root: string, metafiles: readonly Metafile[]): string {
  const directories = new Set(
    metafiles
      .flatMap((metafile) => Object.keys(metafile.inputs))
      .map((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
      .filter((directory) => directory !== undefined),
  );
  const namesByText = new Map<string, string[]>();
  for (const directory of [...directories].sort()) {
    const { name, text } = licenceOf(join(root, directory));
    namesByText.set(text, [...(namesByText.get(text) ?? []), name]);
  }
  return [...namesByText]
    .map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
    .join(`\n${SEPARATOR}\n\n`);
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

function licenceOf(directory: string): { readonly name: string; readonly text: string } {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  const name = `${manifest.name} ${manifest.version}`;
  const texts = readdirSync(directory)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), 'utf8').trim());
  if (texts.length > 0) return { name, text: texts.join('\n\n') };
  if (manifest.license === undefined) throw new Error(`${name} names no licence`);
  return { name, text: `Licence (SPDX): ${manifest.license}` };
}
