/** Characters that mean something in a string of NSIS (NSIS Users Manual, 4.1 "Script File Format"). */
const ESCAPES: Readonly<Record<string, string>> = {
  $: '$$',
  '"': '$\\"',
  '\n': '$\\n',
  '\r': '$\\r',
};

/** A string constant of NSIS, with its quotes. */
export function quoted(text: string): string {
  return `"${text.replace(/[$"\n\r]/g, (character) => ESCAPES[character] ?? character)}"`;
}

/** A definition that a script takes a constant from. */
export function defined(name: string, value: string): string {
  return `!define ${name} ${quoted(value)}`;
}

/** A macro of the script. */
export function macro(name: string, lines: readonly string[]): string {
  return [`!macro ${name}`, ...lines, '!macroend'].join('\n');
}
