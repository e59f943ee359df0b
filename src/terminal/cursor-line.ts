/** Whether the cursor of the user's terminal is within a line, as far as the program knows. */
export interface CursorLine {
  /** False at the start of a line. */
  readonly isOpen: boolean;
  /** Something was shown that ends within a line. */
  open(): void;
  /** The cursor is at the start of a line. */
  close(): void;
  /**
   * What to write so that a text of the program begins on a line of its own. The text has to end with a
   * line break. Nothing is added to a text that begins with one.
   */
  begin(text: string): string;
}

/** The line of a terminal in which the program starts, such as after the user has pressed Enter. */
export function createCursorLine(): CursorLine {
  let isOpen = false;
  return {
    get isOpen() {
      return isOpen;
    },
    open() {
      isOpen = true;
    },
    close() {
      isOpen = false;
    },
    begin(text) {
      const begun = isOpen && !text.startsWith('\n') ? `\n${text}` : text;
      isOpen = false;
      return begun;
    },
  };
}
