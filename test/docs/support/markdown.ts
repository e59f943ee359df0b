import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The directory of the project. */
export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A fenced block of a document. */
export interface Block {
  /** Its info string: what it is. Empty when it has none. */
  readonly kind: string;
  /** Its lines, each with a line break. */
  readonly text: string;
  /** Line of the fence in the document, from 1. */
  readonly line: number;
  /** The last code span before it that could be a path: the place of a configuration. */
  readonly path: string | undefined;
}

/** A heading and its content, up to the next heading. */
export interface Section {
  readonly heading: string;
  /** The part of a link to it after `#`, as GitHub makes it. */
  readonly anchor: string;
  readonly blocks: readonly Block[];
  /** Its lines that are no part of a block. */
  readonly prose: readonly string[];
}

/** A link of a document, as it is written. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A document in Markdown, as far as tests look at it. */
export interface Document {
  /** In the project, with `/`. */
  readonly path: string;
  readonly sections: readonly Section[];
  readonly links: readonly Link[];
  /** Its lines that are no part of a block. */
  readonly prose: readonly string[];
}

const FENCE = /^(\s*)(`{3,})(.*)$/;
const HEADING = /^#{1,6} (.*)$/;
const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
const CODE_SPAN = /`([^`]+)`/g;
const PATH = /^[~./\w-]*[./][\w./-]*$/;

/** Reads a document. @param path - in the project */
export function readDocument(path: string): Document {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  const sections: { heading: string; anchor: string; blocks: Block[]; prose: string[] }[] = [];
  const links: Link[] = [];
  const prose: string[] = [];
  const anchors = new Set<string>();
  let paragraph = '';

  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const [, indent = '', fence, kind = ''] = FENCE.exec(line) ?? [];
    if (fence !== undefined) {
      const begin = i;
      const content: string[] = [];
      while (lines[++i]?.trim() !== fence) {
        if (i >= lines.length) throw new Error(`${path}:${begin + 1}: a block without an end`);
        content.push(`${(lines[i] ?? '').replace(indent, '')}\n`);
      }
      const block = { kind: kind.trim(), text: content.join(''), line: begin + 1 };
      sections.at(-1)?.blocks.push({ ...block, path: lastPath(paragraph) });
      paragraph = '';
      continue;
    }
    prose.push(line);
    sections.at(-1)?.prose.push(line);
    for (const [, target = ''] of line.matchAll(LINK)) links.push({ target, line: i + 1 });
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) {
      sections.push({ heading, anchor: newAnchor(heading, anchors), blocks: [], prose: [] });
      paragraph = '';
    } else if (line.trim() !== '') {
      paragraph += `${line}\n`;
    } else if (FENCE.exec(lines[i + 1] ?? '') === null) {
      paragraph = '';
    }
  }
  return { path, sections, links, prose };
}

/** The section with this heading. @throws Error when there is none */
export function sectionOf({ path, sections }: Document, heading: string): Section {
  const found = sections.find((section) => section.heading === heading);
  if (found === undefined) throw new Error(`${path} has no section "${heading}"`);
  return found;
}

/** The rows of all tables of a document or section, without headers: the text of each cell. */
export function tableRows({ prose }: Pick<Document, 'prose'>): readonly (readonly string[])[] {
  const isRow = (line: string | undefined): boolean => line?.startsWith('|') === true;
  return prose.flatMap((line, i) => {
    const isHeader = /^\|[\s|:-]+\|$/.test(prose[i + 1] ?? '');
    if (!isRow(line) || isHeader || /^\|[\s|:-]+\|$/.test(line)) return [];
    const cells = line.slice(1, -1).split(/(?<!\\)\|/);
    return [cells.map((cell) => cell.trim())];
  });
}

/** The texts of the code spans. */
export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(CODE_SPAN)].map(([, code = '']) => code);
}

function lastPath(paragraph: string): string | undefined {
  return codeSpans(paragraph)
    .filter((code) => PATH.test(code))
    .at(-1);
}

function newAnchor(heading: string, taken: Set<string>): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  const base = text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
  let anchor = base;
  for (let nth = 1; taken.has(anchor); nth++) anchor = `${base}-${nth}`;
  taken.add(anchor);
  return anchor;
}
