import { BuildError } from './runtime/build-error.mjs';

/**
 * The line of a NOTICE file that names the owner of the product.
 *
 * @throws BuildError when there is none
 */
export function copyrightLine(notice: string): string {
  const line = /^Copyright .*$/m.exec(notice)?.[0].trim();
  if (line === undefined) throw new BuildError('NOTICE has no line that begins with "Copyright"');
  return line;
}
