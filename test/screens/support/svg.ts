import type { Screen } from '../../support/screen.ts';
import type { Color, StyledText } from '../../support/styled-text.ts';

/** The description of a picture for people who do not see it. */
export interface PictureTexts {
  readonly title: string;
  readonly description: string;
}

/** In pixels: a cell, the font in it, and the border around all cells. */
const CELL = { width: 8.4, height: 19 };
const FONT_SIZE = 14;
/** Of the upper edge of a cell. */
const BASELINE = 14;
const PADDING = 16;
const RADIUS = 8;
const FONTS =
  "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/** The colours of a picture: those of the terminal itself, and the first eight of its palette. */
interface Theme {
  readonly background: string;
  readonly border: string;
  readonly text: string;
  readonly dim: string;
  readonly palette: readonly string[];
}

/** With a contrast of 4.5 and more to the background (WCAG 2.2, 1.4.3). */
const LIGHT: Theme = {
  background: '#ffffff',
  border: '#d1d9e0',
  text: '#1f2328',
  dim: '#636c76',
  palette: [
    ...['#1f2328', '#b3261e', '#1a7f37', '#8a5a00'],
    ...['#0550ae', '#8250df', '#0f6b74', '#59636e'],
  ],
};
const DARK: Theme = {
  background: '#0d1117',
  border: '#3d444d',
  text: '#e6edf3',
  dim: '#9198a1',
  palette: [
    ...['#9198a1', '#ff7b72', '#3fb950', '#d29922'],
    ...['#79c0ff', '#d2a8ff', '#56d4dd', '#f0f6fc'],
  ],
};
/** The colours 8 to 15 are the bright ones of 0 to 7. */
const BRIGHT = 8;

/**
 * Draws what a terminal shows, for light and dark surroundings.
 *
 * @param size - of the terminal; as many rows are drawn as the screen has
 */
export function drawScreen(
  screen: Pick<Screen, 'styledRows' | 'cursor'>,
  size: { readonly cols: number },
  { title, description }: PictureTexts,
): string {
  const rows = screen.styledRows;
  const width = Math.ceil(size.cols * CELL.width + 2 * PADDING);
  const height = Math.ceil(rows.length * CELL.height + 2 * PADDING);
  const { row, column } = screen.cursor;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>text{font:${FONT_SIZE}px ${FONTS}}.b{font-weight:700}.i{font-style:italic}.u{text-decoration:underline}`,
    `${rules(LIGHT)}@media(prefers-color-scheme:dark){${rules(DARK)}}</style>`,
    `<rect class="window" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="${RADIUS}"/>`,
    ...rows.flatMap((texts, y) => texts.flatMap((text) => drawText(text, y))),
    `<rect class="cursor" ${boxOf(column, row, 1)}/>`,
    '</svg>',
    '',
  ].join('\n');
}

function rules({ background, border, text, dim, palette }: Theme): string {
  return [
    `.window{fill:${background};stroke:${border}}`,
    `text,.cursor{fill:${text}}`,
    `.dim{fill:${dim}}`,
    `.on{fill:${background}}`,
    `.box{fill:${text}}`,
    ...palette.map((color, i) => `.c${i}{fill:${color}}`),
  ].join('');
}

/** The background, where there is one, and the characters. */
function drawText(styled: StyledText, row: number): readonly string[] {
  const { isInverse, foreground, background } = styled.style;
  const box = isInverse ? (colored(foreground) ?? 'class="box"') : colored(background);
  return [
    ...(box === undefined ? [] : [`<rect ${box} ${boxOf(styled.column, row, styled.width)}/>`]),
    ...withoutGaps(styled).map((part) => drawCharacters(part, row)),
  ];
}

/** The parts between wide gaps: not every program that draws SVG keeps several blanks. */
function withoutGaps(styled: StyledText): readonly StyledText[] {
  const { text, column, width } = styled;
  // With characters of other widths the places of the parts are not known.
  if (text.length !== width) return [styled];
  return [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: part, index }) => ({
    ...styled,
    text: part,
    column: column + index,
    width: part.length,
  }));
}

function drawCharacters({ text, column, width, style }: StyledText, row: number): string {
  const { isInverse, foreground } = style;
  const classes = [
    ...(style.isBold ? ['b'] : []),
    ...(style.isItalic ? ['i'] : []),
    ...(style.isUnderlined ? ['u'] : []),
    ...(isInverse ? ['on'] : []),
    ...(style.isDim && foreground === undefined ? ['dim'] : []),
    ...(typeof foreground === 'number' && !isInverse ? [`c${foreground % BRIGHT}`] : []),
  ];
  const attributes = [
    `x="${pixels(PADDING + column * CELL.width)}"`,
    `y="${pixels(PADDING + row * CELL.height + BASELINE)}"`,
    // Whatever the font, columns stay below each other.
    `textLength="${pixels(width * CELL.width)}"`,
    ...(classes.length === 0 ? [] : [`class="${classes.join(' ')}"`]),
    ...(typeof foreground === 'string' && !isInverse ? [`style="fill:${foreground}"`] : []),
  ];
  return `<text ${attributes.join(' ')}>${escaped(text)}</text>`;
}

function colored(color: Color | undefined): string | undefined {
  if (color === undefined) return undefined;
  return typeof color === 'string' ? `style="fill:${color}"` : `class="c${color % BRIGHT}"`;
}

function boxOf(column: number, row: number, width: number): string {
  return [
    `x="${pixels(PADDING + column * CELL.width)}"`,
    `y="${pixels(PADDING + row * CELL.height)}"`,
    `width="${pixels(width * CELL.width)}"`,
    `height="${CELL.height}"`,
  ].join(' ');
}

/** Without the noise of binary fractions. */
function pixels(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
