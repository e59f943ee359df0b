/** Text as a string of Ruby, in which nothing is interpolated. */
export function rubyString(text: string): string {
  return `"${escapeRuby(text)}"`;
}

/** Text for use between double quotes of Ruby, in which nothing is interpolated. */
export function escapeRuby(text: string): string {
  return text.replaceAll(/[\\"#]/g, String.raw`\$&`);
}

/** Lines of Ruby, indented by one level; empty lines stay empty. */
export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
