import stringWidth from 'string-width';

/** Replaces the part of a text that does not fit. One cell wide. */
const CUT = '…';
/** Of characters that take one cell each. Others need string-width, whose tables take long to load. */
const NARROW = /^[ -~\u2026]*$/;

/**
 * The cells of a terminal that a text takes: most characters of Chinese, Japanese and Korean and most
 * emoji take two, a combining mark takes none (Unicode Standard Annex 11).
 *
 * @param text - without control characters; sequences that set colors count as nothing
 */
export function cellsOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/**
 * The start of a text that takes at most this many cells, with `…` at its end when it is cut. What a
 * person sees as one character stays whole.
 *
 * @param text - without control characters
 */
export function cutToCells(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  if (cells < 1) return '';
  let start = '';
  let taken = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    taken += cellsOf(segment);
    if (taken > cells - 1) break;
    start += segment;
  }
  return start + CUT;
}

/** The same for the end of a text, with `…` at its start when it is cut. */
export function cutStartToCells(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  if (cells < 1) return '';
  let end = '';
  let taken = 0;
  for (const { segment } of [...new Intl.Segmenter().segment(text)].toReversed()) {
    taken += cellsOf(segment);
    if (taken > cells - 1) break;
    end = segment + end;
  }
  return CUT + end;
}

/** A text that takes exactly this many cells: cut, or with spaces at its end. */
export function fillCells(text: string, cells: number): string {
  const start = cutToCells(text, cells);
  return start + ' '.repeat(Math.max(0, cells - cellsOf(start)));
}
