/**
 * The line of a NOTICE file that says whose the product is.
 *
 * @throws RangeError when there is none
 */
export function copyrightLine(notice: string): string {
  const line = /^Copyright .*$/m.exec(notice)?.[0].trim();
  if (line === undefined) throw new RangeError('NOTICE has no line that begins with "Copyright"');
  return line;
}
