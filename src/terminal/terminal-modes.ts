import {
  createSequenceParser,
  type ControlSequence,
  type SequenceParser,
} from './control-sequences.ts';
import { createCursorLine, type CursorLine } from './cursor-line.ts';
import { createKeyModes } from './key-modes.ts';
import { createPrivateModes, type PrivateModes, type SavedCursor } from './private-modes.ts';
import { createRendition } from './rendition.ts';

/** Where the output of the remote side has left the terminal. */
export type ScreenState =
  /** At the beginning of a line: the last byte was a line feed. */
  | 'line-start'
  /** Somewhere in a line, such as after a prompt. */
  | 'in-line'
  /** In a program that draws the whole screen, or hides the cursor while it draws a part of it. */
  | 'full-screen';

/** What the output of the remote side has switched on in the terminal. */
export interface TerminalModes {
  /** Takes the next bytes that go to the terminal, which may be split anywhere. */
  track(output: Buffer): void;
  readonly screen: ScreenState;
  /**
   * The bytes of an incomplete sequence at the end of the output;
   * empty when there is none, undefined when it is too long to be kept.
   */
  readonly unfinished: Buffer | undefined;
  /** What to write before any other text: it ends an unfinished sequence. */
  cancel(): string;
  /**
   * What to write to show lines of the program: they begin on a line of their own, and an unfinished
   * sequence of the remote side goes on after them.
   *
   * @param lines - end with a line break
   */
  insertLines(lines: string): Uint8Array;
  /** The program itself has ended the line in which the cursor was. */
  lineEnded(): void;
  /**
   * What to write to restore the terminal; empty when nothing is on. From then on nothing counts as
   * switched on.
   */
  undo(): string;
  /** Regards everything as switched off: what is on is meant to stay. */
  clear(): void;
}

const CANCEL = '\x18';
/** For terminals that read CAN as a part of the string; on others it does nothing. */
const STRING_TERMINATOR = '\x1b\\';
const SAVE_CURSOR = '\x1b7';
const RESTORE_CURSOR = '\x1b8';
const SAVING_SCREEN = 1049;
const INSERT_MODE = 4;
/** The parameter of SGR that switches off all attributes. */
const PLAIN = 0;
const PUSH_TITLE = 22;
const POP_TITLE = 23;
/** As many as xterm keeps. */
const MAX_TITLES = 10;
const LINE_FEED = 0x0a;

/**
 * @param rows - the height of the terminal now; undefined when it is unknown
 * @param line - the line of the cursor, which other parts of the program may share
 */
export function createTerminalModes(
  rows: () => number | undefined,
  line: CursorLine = createCursorLine(),
): TerminalModes {
  return new Modes(rows, line);
}

class Modes implements TerminalModes {
  readonly #rows: () => number | undefined;
  readonly #line: CursorLine;
  readonly #rendition = createRendition();
  readonly #keys = createKeyModes();
  readonly #private: PrivateModes;
  readonly #parser: SequenceParser;
  /** Saved and restored with the cursor of the main screen, as the rendition is. */
  readonly #cursor: SavedCursor = {
    save: () => this.#saveCursor(),
    restore: () => this.#restoreCursor(),
  };
  #cursorIsSaved = false;
  #savedLineDrawing = false;
  #margins = false;
  #shape = false;
  #insert = false;
  #keypad = false;
  #lineDrawing = false;
  /** What of the title was pushed: 0 for both, 1 for the icon's, 2 for the window's. */
  #titles: number[] = [];

  constructor(rows: () => number | undefined, line: CursorLine) {
    this.#rows = rows;
    this.#line = line;
    this.#private = createPrivateModes(this.#cursor);
    this.#parser = createSequenceParser({
      controlSequence: (sequence) => this.#takeControl(sequence),
      escapeSequence: (intermediate, final) => this.#takeEscape(intermediate, final),
    });
  }

  track(output: Buffer): void {
    if (output.length === 0) return;
    this.#parser.feed(output);
    const endsLine = output[output.length - 1] === LINE_FEED && this.#parser.pending === 'nothing';
    if (endsLine) this.#line.close();
    else this.#line.open();
  }

  get screen(): ScreenState {
    const { hidesCursor, reportsMouse } = this.#private;
    if (this.#isAlternate() || this.#margins || hidesCursor || reportsMouse) return 'full-screen';
    return this.#line.isOpen ? 'in-line' : 'line-start';
  }

  get unfinished(): Buffer | undefined {
    return this.#parser.unfinished;
  }

  cancel(): string {
    switch (this.#parser.pending) {
      case 'nothing':
        return '';
      case 'sequence':
        return CANCEL;
      case 'string':
        return `${CANCEL}${STRING_TERMINATOR}`;
    }
  }

  insertLines(lines: string): Uint8Array {
    const begun = this.screen === 'full-screen' ? lines : this.#line.begin(lines);
    const unfinished = this.#parser.unfinished ?? Buffer.alloc(0);
    return Buffer.concat([Buffer.from(`${this.cancel()}${begun}`), unfinished]);
  }

  lineEnded(): void {
    this.#line.close();
  }

  undo(): string {
    if (this.#isAlternate()) this.#cursor.restore();
    const text = [
      this.cancel(),
      this.#private.undo(),
      this.#keys.undo(),
      this.#keypad ? '\x1b>' : '',
      this.#insert ? `\x1b[${INSERT_MODE}l` : '',
      this.#undoMargins(),
      this.#leaveAlternateScreen(),
      this.#keys.undoScreen(false),
      ...this.#titles.toReversed().map((which) => `\x1b[${POP_TITLE};${which}t`),
      this.#lineDrawing ? '\x1b(B' : '',
      this.#rendition.isPlain ? '' : '\x1b[m',
      this.#shape ? '\x1b[0 q' : '',
      this.#private.undoCursor(),
    ].join('');
    this.clear();
    return text;
  }

  clear(): void {
    this.#hardReset();
    this.#private.clear();
    this.#parser.reset();
  }

  #isAlternate(): boolean {
    return this.#private.alternateScreen !== undefined;
  }

  #saveCursor(): void {
    if (this.#isAlternate()) return;
    this.#cursorIsSaved = true;
    this.#savedLineDrawing = this.#lineDrawing;
    this.#rendition.save();
  }

  #restoreCursor(): void {
    this.#lineDrawing ||= this.#savedLineDrawing;
    this.#rendition.restore();
  }

  #resetDisplay(): void {
    this.#margins = this.#insert = this.#keypad = this.#lineDrawing = false;
    this.#rendition.take([PLAIN]);
  }

  #forgetSavedCursor(): void {
    this.#savedLineDrawing = false;
    this.#rendition.reset();
  }

  #softReset(): void {
    this.#resetDisplay();
    // On the alternate screen, xterm.js keeps what the main screen has saved.
    if (!this.#isAlternate()) this.#forgetSavedCursor();
    this.#private.softReset();
  }

  #hardReset(): void {
    this.#resetDisplay();
    this.#forgetSavedCursor();
    this.#private.hardReset();
    this.#keys.reset();
    this.#cursorIsSaved = this.#shape = false;
    this.#titles = [];
  }

  #takeControl(sequence: ControlSequence): void {
    const { prefix, parameters, intermediate, final } = sequence;
    if (this.#keys.take(sequence, this.#isAlternate())) return;
    if (intermediate === ' ' && final === 'q') this.#shape = parameters[0] !== 0;
    else if (intermediate === '!' && final === 'p') this.#softReset();
    else if (intermediate !== '') return;
    else if (prefix === '?') this.#takePrivate(sequence);
    else if (prefix === '') this.#takePlain(sequence);
  }

  #takeEscape(intermediate: string, final: string): void {
    if (intermediate === '(') this.#lineDrawing = final === '0';
    else if (intermediate !== '') return;
    else if (final === 'c') this.#hardReset();
    else if (final === '7') this.#cursor.save();
    else if (final === '8') this.#cursor.restore();
    else if (final === '=' || final === '>') this.#keypad = final === '=';
  }

  #takePrivate({ parameters, final }: ControlSequence): void {
    for (const mode of parameters) {
      switch (final) {
        case 'h':
        case 'l':
          this.#private.set(mode, final === 'h');
          break;
        case 's':
          this.#private.save(mode);
          break;
        case 'r':
          this.#private.restore(mode);
      }
    }
  }

  #takePlain({ parameters, final }: ControlSequence): void {
    switch (final) {
      case 'h':
      case 'l':
        if (parameters.includes(INSERT_MODE)) this.#insert = final === 'h';
        break;
      case 'm':
        this.#rendition.take(parameters);
        break;
      case 'r':
        this.#margins = setsMargins(parameters, this.#rows());
        break;
      case 's':
        this.#cursor.save();
        break;
      case 'u':
        this.#cursor.restore();
        break;
      case 't':
        this.#takeTitle(parameters);
    }
  }

  #takeTitle([operation, which = 0, index = 0]: readonly number[]): void {
    if (index !== 0) return;
    if (operation === PUSH_TITLE) this.#titles = [...this.#titles, which].slice(-MAX_TITLES);
    else if (operation === POP_TITLE) this.#titles = this.#titles.slice(0, -1);
  }

  /** Full margins again. That moves the cursor; leaving the alternate screen restores it. */
  #undoMargins(): string {
    if (!this.#margins) return '';
    return this.#isAlternate() ? '\x1b[r' : `${SAVE_CURSOR}\x1b[r${RESTORE_CURSOR}`;
  }

  #leaveAlternateScreen(): string {
    const mode = this.#private.alternateScreen;
    if (mode === undefined) return '';
    const restoring = mode === SAVING_SCREEN || !this.#cursorIsSaved ? '' : RESTORE_CURSOR;
    return `${this.#keys.undoScreen(true)}\x1b[?${mode}l${restoring}`;
  }
}

/** Whether margins are other than the whole screen (DECSTBM). */
function setsMargins([top = 0, bottom = 0]: readonly number[], rows = Infinity): boolean {
  return top > 1 || (bottom !== 0 && bottom < rows);
}
