/** What a terminal shows after some output, as far as lines of text are concerned. */
export interface Screen {
  /** Takes output: characters of one column, line feeds, carriage returns, and the sequences below. */
  write(text: string): void;
  /** Makes it wider or narrower: lines are broken anew, as tmux, iTerm2 and most others do. */
  resize(columns: number): void;
  /** What stands on it, in the lines of the screen, without spaces at their ends. */
  readonly rows: readonly string[];
  /** From 0 on. */
  readonly cursor: { readonly row: number; readonly column: number };
}

/** Cursor up, erase to the end of line or screen, colours (ECMA-48); and characters one by one. */
const TOKEN = /\x1b\[(\d*)([A-Za-z])|[^]/gu; // eslint-disable-line no-control-regex -- it is about them

/** A screen as high as it takes, empty, with the cursor at its top. */
export function createScreen(columns: number): Screen {
  /** As they were written, however many lines of the screen they take. */
  const lines: string[] = [''];
  let width = columns;
  let line = 0;
  let offset = 0;

  const heightOf = (text: string): number => Math.max(1, Math.ceil(text.length / width));
  const rowStart = (): number => Math.floor(Math.max(0, offset - 1) / width) * width;
  const upByOne = (): void => {
    const column = offset - rowStart();
    if (rowStart() > 0) offset = rowStart() - width + column;
    else if (line > 0) {
      line--;
      offset = (heightOf(lines[line] ?? '') - 1) * width + column;
    }
  };
  const put = (character: string): void => {
    const text = (lines[line] ?? '').padEnd(offset);
    lines[line] = text.slice(0, offset) + character + text.slice(offset + 1);
    offset++;
  };
  const lineFeed = (): void => {
    line++;
    offset = 0;
    lines[line] ??= '';
  };
  const eraseLine = (): void => {
    const text = lines[line] ?? '';
    const end = Math.floor(offset / width) * width + width;
    const behind = text.slice(end);
    lines[line] = text.slice(0, offset) + (behind === '' ? '' : ' '.repeat(end - offset) + behind);
  };
  const control = (count: number, final: string): void => {
    switch (final) {
      case 'A':
        for (let i = 0; i < count; i++) upByOne();
        break;
      case 'K':
        eraseLine();
        break;
      case 'J':
        lines[line] = (lines[line] ?? '').slice(0, offset);
        lines.length = line + 1;
        break;
      case 'm':
        break;
      default:
        throw new Error(`the screen does not know ESC [ ${count} ${final}`);
    }
  };

  return {
    write(text) {
      for (const [token, count, final] of text.matchAll(TOKEN)) {
        if (final !== undefined) control(Number(count === '' ? 1 : count), final);
        else if (token === '\n') lineFeed();
        else if (token === '\r') offset = rowStart();
        else put(token);
      }
    },
    resize(to) {
      width = to;
    },
    get rows() {
      return lines.flatMap((text) =>
        Array.from({ length: heightOf(text) }, (_, i) =>
          text.slice(i * width, (i + 1) * width).trimEnd(),
        ),
      );
    },
    get cursor() {
      const before = lines.slice(0, line).reduce((sum, text) => sum + heightOf(text), 0);
      return { row: before + rowStart() / width, column: offset - rowStart() };
    },
  };
}
