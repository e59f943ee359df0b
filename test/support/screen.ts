import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import xterm from '@xterm/headless';
import { styledTextsOf, type StyledText } from './styled-text.ts';

/** How a terminal is. */
export interface ScreenOptions {
  /** 80 columns and 24 rows by default. */
  readonly size?: { readonly cols: number; readonly rows?: number };
  /** Its input did not pass a tty, which begins a new line at each line feed. */
  readonly convertEol?: boolean;
}

/** What a person sees of a terminal, what has scrolled away included. */
export interface Screen {
  /** Takes output; resolves when the screen shows it. */
  write(output: string): Promise<void>;
  /** Breaks the lines anew, as xterm.js does. The number of rows stays if it is not given. */
  resize(cols: number, rows?: number): void;
  /** The rows down to the last with something in it, or the cursor's; without blanks at their ends. */
  readonly rows: readonly string[];
  /** The texts of `rows` with their looks; blanks at the ends of rows included. */
  readonly styledRows: readonly (readonly StyledText[])[];
  /** Indices of the rows whose line the terminal has broken: it goes on in the next row. */
  readonly brokenRows: ReadonlySet<number>;
  /** `rows` with those that the terminal has broken put together again. */
  readonly lines: readonly string[];
  /** From 0 on, in `rows`. */
  readonly cursor: { readonly row: number; readonly column: number };
  /** The cursor's line, from 0 on in `lines`, and the text in it before the cursor. */
  readonly cursorLine: number;
  readonly beforeCursor: string;
  /** Programs that draw the whole screen bring the alternate one up. */
  readonly showsAlternate: boolean;
  /** What the window is called; empty before a title was set. */
  readonly title: string;
  /** Whether a private mode is set, as the terminal answers to DECRQM. */
  hasMode(mode: number): Promise<boolean>;
}

/** One row as the terminal has it. */
interface Row {
  /** Up to the last character that was written, be it a blank. */
  readonly text: string;
  /** Goes on with the line of the row above. */
  readonly isWrapped: boolean;
}

const DEFAULT_SIZE = { cols: 80, rows: 24 };
/** In the answer to DECRQM. */
const MODE_IS_SET = 1;
/** More than any test writes. */
const SCROLLBACK_ROWS = 10_000;

/** An empty terminal of xterm.js. */
export function createScreen({ size, convertEol = false }: ScreenOptions = {}): Screen {
  const terminal = new xterm.Terminal({
    ...DEFAULT_SIZE,
    ...size,
    convertEol,
    scrollback: SCROLLBACK_ROWS,
    // Only with this option it exposes what it shows.
    allowProposedApi: true,
    windowOptions: { pushTitle: true, popTitle: true },
  });
  // By default, xterm.js has the widths of Unicode 6, which knows no emoji.
  terminal.loadAddon(new UnicodeGraphemesAddon());
  let title = '';
  terminal.onTitleChange((changed) => {
    title = changed;
  });
  const shown = (): xterm.IBuffer => terminal.buffer.active;

  const cursorRow = (): number => shown().baseY + shown().cursorY;
  const rowAt = (index: number, end?: number): Row => {
    const row = shown().getLine(index);
    return { text: row?.translateToString(true, 0, end) ?? '', isWrapped: row?.isWrapped ?? false };
  };
  const allRows = (): readonly Row[] => {
    const all = Array.from({ length: shown().length }, (_, i) => rowAt(i));
    const last = all.findLastIndex(({ text }) => text.trimEnd() !== '');
    return all.slice(0, Math.max(last, cursorRow()) + 1);
  };

  return {
    write: (output) => new Promise((resolve) => terminal.write(output, resolve)),
    resize: (cols, rows = terminal.rows) => terminal.resize(cols, rows),
    get rows() {
      return allRows().map(({ text }) => text.trimEnd());
    },
    get styledRows() {
      return allRows().map((_, i) => {
        const row = shown().getLine(i);
        return row === undefined ? [] : styledTextsOf(row, terminal.cols);
      });
    },
    get brokenRows() {
      return new Set(allRows().flatMap(({ isWrapped }, i) => (isWrapped ? [i - 1] : [])));
    },
    get lines() {
      return joined(allRows()).map((line) => line.trimEnd());
    },
    get cursor() {
      return { row: cursorRow(), column: shown().cursorX };
    },
    get cursorLine() {
      return joined(allRows().slice(0, cursorRow() + 1)).length - 1;
    },
    get beforeCursor() {
      const above = allRows().slice(0, cursorRow());
      return joined([...above, rowAt(cursorRow(), shown().cursorX)]).at(-1) ?? '';
    },
    get showsAlternate() {
      return shown().type === 'alternate';
    },
    get title() {
      return title;
    },
    async hasMode(mode) {
      let answer = '';
      const listening = terminal.onData((text) => (answer += text));
      await new Promise<void>((resolve) => terminal.write(`\x1b[?${mode}$p`, resolve));
      listening.dispose();
      return answer === `\x1b[?${mode};${MODE_IS_SET}$y`;
    },
  };
}

/** What a terminal shows of an output. */
export async function render(output: string, options: ScreenOptions = {}): Promise<Screen> {
  const screen = createScreen(options);
  await screen.write(output);
  return screen;
}

/** The lines that rows are made of. */
function joined(rows: readonly Row[]): readonly string[] {
  const lines: string[] = [];
  for (const { text, isWrapped } of rows) {
    if (isWrapped) lines.push(`${lines.pop() ?? ''}${text}`);
    else lines.push(text);
  }
  return lines;
}
