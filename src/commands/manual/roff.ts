/** Characters that roff reads as its own, or that a terminal would show as others (groff_char(7)). */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\e`,
  '-': String.raw`\-`,
  "'": String.raw`\(aq`,
  '"': String.raw`\(dq`,
  '`': String.raw`\(ga`,
  '~': String.raw`\(ti`,
  '^': String.raw`\(ha`,
  // Not every terminal has it.
  '…': '...',
};

/** A text as roff shows it: no character of it is a command. */
export function roffText(text: string): string {
  return Array.from(text, (character) => ESCAPES[character] ?? withoutUnicode(character))
    .join('')
    .replace(/^(?=\.)/, String.raw`\&`);
}

/** groff reads Latin-1, and others ASCII. */
function withoutUnicode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? character : `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** The first line of a manual page (man(7)). It has no date, so that each build gives the same bytes. */
export function roffTitle(name: string, version: string): string {
  return `.TH ${roffText(name.toUpperCase())} 1 "" "${roffText(`${name} ${version}`)}" "User Commands"`;
}

/** The heading of a section. */
export function roffSection(title: string): string {
  return `.SH ${roffText(title.toUpperCase())}`;
}

/** A part of a section. */
export function roffSubsection(title: string): string {
  return `.SS ${roffText(title)}`;
}

export function roffParagraph(text: string): readonly string[] {
  return ['.PP', roffText(text)];
}

/** A term with its text, indented. */
export function roffItem(term: string, text: string): readonly string[] {
  return ['.TP', `.B ${roffText(term)}`, roffText(text)];
}

/** Lines that are shown as they are. */
export function roffExample(lines: readonly string[]): readonly string[] {
  return ['.PP', '.RS 4', '.EX', ...lines.map(roffText), '.EE', '.RE'];
}
