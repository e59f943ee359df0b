import { createSequenceParser, type ControlSequence } from './control-sequences.ts';
import { createKeyModes } from './key-modes.ts';
import { createPrivateModes, type SavedCursor } from './private-modes.ts';
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
   * What to write to restore the terminal; empty when nothing is on. From then on nothing counts as
   * switched on.
   */
  undo(): string;
  /** Regards everything as switched off: what is on is meant to stay. */
  forget(): void;
}

const CANCEL = '\x18';
/** For terminals that read CAN as a part of the string; on others it does nothing. */
const STRING_TERMINATOR = '\x1b\\';
const SAVE_CURSOR = '\x1b7';
const RESTORE_CURSOR = '\x1b8';
const SAVING_SCREEN = 1049;
const INSERT_MODE = 4;
const PUSH_TITLE = 22;
const POP_TITLE = 23;
/** As many as xterm keeps. */
const MOST_TITLES = 10;
const LINE_FEED = 0x0a;
/** @param rows - the height of the terminal now; undefined when it is unknown */
export function createTerminalModes(rows: () => number | undefined): TerminalModes {
  let cursorIsSaved = false;
  let margins = false;
  let shape = false;
  let insert = false;
  let keypad = false;
  let lineDrawing = false;
  /** What of the title was pushed: 0 for both, 1 for the icon's, 2 for the window's. */
  let titles: number[] = [];
  let endsLine = true;
  const rendition = createRendition();
  const keys = createKeyModes();
  /** Saved and restored with the cursor of the main screen, as the rendition is. */
  let savedLineDrawing = false;
  const cursor: SavedCursor = {
    save() {
      if (isAlternate()) return;
      cursorIsSaved = true;
      savedLineDrawing = lineDrawing;
      rendition.save();
    },
    restore() {
      lineDrawing ||= savedLineDrawing;
      rendition.restore();
    },
  };
  const modes = createPrivateModes(cursor);
  const isAlternate = (): boolean => modes.alternateScreen !== undefined;

  const resetDisplay = (): void => {
    margins = insert = keypad = lineDrawing = savedLineDrawing = false;
    rendition.reset();
  };

  const softReset = (): void => {
    resetDisplay();
    modes.softReset();
  };

  const hardReset = (): void => {
    resetDisplay();
    modes.hardReset();
    keys.reset();
    cursorIsSaved = shape = false;
    titles = [];
  };

  const forget = (): void => {
    hardReset();
    modes.forget();
    parser.reset();
  };

  const takeTitle = ([operation, which = 0, index = 0]: readonly number[]): void => {
    if (index !== 0) return;
    if (operation === PUSH_TITLE) titles = [...titles, which].slice(-MOST_TITLES);
    else if (operation === POP_TITLE) titles = titles.slice(0, -1);
  };

  const takePrivate = ({ parameters, final }: ControlSequence): void => {
    for (const mode of parameters) {
      switch (final) {
        case 'h':
        case 'l':
          modes.set(mode, final === 'h');
          break;
        case 's':
          modes.save(mode);
          break;
        case 'r':
          modes.restore(mode);
      }
    }
  };

  const takePlain = ({ parameters, final }: ControlSequence): void => {
    switch (final) {
      case 'h':
      case 'l':
        if (parameters.includes(INSERT_MODE)) insert = final === 'h';
        break;
      case 'm':
        rendition.take(parameters);
        break;
      case 'r':
        margins = setsMargins(parameters, rows());
        break;
      case 's':
        cursor.save();
        break;
      case 'u':
        cursor.restore();
        break;
      case 't':
        takeTitle(parameters);
    }
  };

  const parser = createSequenceParser({
    controlSequence(sequence) {
      const { prefix, parameters, intermediate, final } = sequence;
      if (keys.take(sequence, isAlternate())) return;
      if (intermediate === ' ' && final === 'q') shape = parameters[0] !== 0;
      else if (intermediate === '!' && final === 'p') softReset();
      else if (intermediate !== '') return;
      else if (prefix === '?') takePrivate(sequence);
      else if (prefix === '') takePlain(sequence);
    },
    escapeSequence(intermediate, final) {
      if (intermediate === '(') lineDrawing = final === '0';
      else if (intermediate !== '') return;
      else if (final === 'c') hardReset();
      else if (final === '7') cursor.save();
      else if (final === '8') cursor.restore();
      else if (final === '=' || final === '>') keypad = final === '=';
    },
  });

  const cancel = (): string => {
    switch (parser.pending) {
      case 'nothing':
        return '';
      case 'sequence':
        return CANCEL;
      case 'string':
        return `${CANCEL}${STRING_TERMINATOR}`;
    }
  };

  /** Full margins again. That moves the cursor; leaving the alternate screen restores it. */
  const undoMargins = (): string => {
    if (!margins) return '';
    return isAlternate() ? '\x1b[r' : `${SAVE_CURSOR}\x1b[r${RESTORE_CURSOR}`;
  };

  const leaveAlternateScreen = (): string => {
    const mode = modes.alternateScreen;
    if (mode === undefined) return '';
    const restoring = mode === SAVING_SCREEN || !cursorIsSaved ? '' : RESTORE_CURSOR;
    return `${keys.undoScreen(true)}\x1b[?${mode}l${restoring}`;
  };

  return {
    track(output) {
      if (output.length === 0) return;
      parser.feed(output);
      endsLine = output[output.length - 1] === LINE_FEED && parser.pending === 'nothing';
    },
    get screen() {
      if (isAlternate() || margins || modes.hidesCursor || modes.reportsMouse) return 'full-screen';
      return endsLine ? 'line-start' : 'in-line';
    },
    get unfinished() {
      return parser.unfinished;
    },
    cancel,
    undo() {
      if (isAlternate()) cursor.restore();
      const text = [
        cancel(),
        modes.undo(),
        keys.undo(),
        keypad ? '\x1b>' : '',
        insert ? `\x1b[${INSERT_MODE}l` : '',
        undoMargins(),
        leaveAlternateScreen(),
        keys.undoScreen(false),
        ...titles.toReversed().map((which) => `\x1b[${POP_TITLE};${which}t`),
        lineDrawing ? '\x1b(B' : '',
        rendition.isPlain ? '' : '\x1b[m',
        shape ? '\x1b[0 q' : '',
        modes.undoCursor(),
      ].join('');
      forget();
      return text;
    },
    forget,
  };
}

/** Whether margins are other than the whole screen (DECSTBM). */
function setsMargins([top = 0, bottom = 0]: readonly number[], rows = Infinity): boolean {
  return top > 1 || (bottom !== 0 && bottom < rows);
}
