import { hangLines, wrapText } from '../../output/wrap-text.ts';
import type { HelpItem, HelpPage, HelpSection } from './help-page.ts';
import { wrapCommand } from './wrap-command.ts';

const USAGE = 'Usage:';
/** Columns before a line of a section. */
const INDENT = 2;
/** Columns between a term and its text. */
const GAP = 2;
/** Columns before a text below its term, and before the rest of a command line. */
const DEEP_INDENT = 6;
/** A text beside its term or title has at least this many columns; otherwise it is below it. */
const NARROWEST_TEXT = 24;

/**
 * A help text, its last line break included. Lines are broken between words only: no line is longer than
 * the width unless it is one word.
 *
 * @param width - in columns
 */
export function renderHelp(page: HelpPage, width: number): string {
  const sections = page.sections.filter((section) => !isEmpty(section));
  const termColumns = Math.max(0, ...sections.flatMap(itemsOf).map(({ term }) => term.length));
  const blocks = [
    usageLines(page.usage, width),
    ...page.description.map((paragraph) => wrapText(paragraph, width)),
    ...sections.map((section) => sectionLines(section, termColumns, width)),
  ];
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function usageLines(usage: string, width: number): readonly string[] {
  const besideTitle = width - USAGE.length - 1;
  return besideTitle >= NARROWEST_TEXT
    ? hangLines(wrapText(usage, besideTitle), `${USAGE} `)
    : [USAGE, ...hangLines(wrapText(usage, width - INDENT), ' '.repeat(INDENT))];
}

function sectionLines(section: HelpSection, termColumns: number, width: number): readonly string[] {
  const title = `${section.title}:`;
  switch (section.kind) {
    case 'items':
      return [title, ...section.items.flatMap((item) => itemLines(item, termColumns, width))];
    case 'commands':
      return [title, ...section.lines.flatMap((line) => commandLines(line, section.shell, width))];
    case 'text':
      return [
        title,
        ...section.paragraphs.flatMap((text) => {
          return hangLines(wrapText(text, width - INDENT), ' '.repeat(INDENT));
        }),
      ];
  }
}

function itemLines(
  { term, text }: HelpItem,
  termColumns: number,
  width: number,
): readonly string[] {
  const beforeText = INDENT + termColumns + GAP;
  if (width - beforeText >= NARROWEST_TEXT) {
    const before = ' '.repeat(INDENT) + term.padEnd(termColumns + GAP);
    return hangLines(wrapText(text, width - beforeText), before);
  }
  return [
    ...hangLines(wrapText(term, width - INDENT), ' '.repeat(INDENT)),
    ...hangLines(wrapText(text, width - DEEP_INDENT), ' '.repeat(DEEP_INDENT)),
  ];
}

function commandLines(
  line: string,
  shell: 'powershell' | undefined,
  width: number,
): readonly string[] {
  const widths = [width - INDENT, width - DEEP_INDENT] as const;
  const [first = '', ...rest] = wrapCommand(line, widths, shell);
  return [' '.repeat(INDENT) + first, ...rest.map((later) => ' '.repeat(DEEP_INDENT) + later)];
}

function itemsOf(section: HelpSection): readonly HelpItem[] {
  return section.kind === 'items' ? section.items : [];
}

function isEmpty(section: HelpSection): boolean {
  return section.kind === 'items' && section.items.length === 0;
}
