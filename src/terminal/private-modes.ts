/** A private mode, set by `CSI ? n h` and reset by `CSI ? n l`. */
interface PrivateMode {
  readonly number: number;
  /** How it is in a terminal in which nothing has been changed. */
  readonly isSetAtFirst: boolean;
}

const on = (number: number): PrivateMode => ({ number, isSetAtFirst: true });
const off = (number: number): PrivateMode => ({ number, isSetAtFirst: false });

/**
 * The private modes that make a terminal hard to use when a program does not reset them, in the order
 * in which they are restored (xterm, "Control Sequences", DECSET; kitty and Contour for those above
 * 2004).
 */
const PRIVATE_MODES: readonly PrivateMode[] = [
  // Synchronized output: until its end nothing is drawn.
  off(2026),
  // Mouse reports: first their format, then which events are reported. Reports of the focus.
  ...[1006, 1015, 1016, 1005, 1003, 1002, 1001, 1000, 9, 1004].map(off),
  // Bracketed paste, reports of the colours and of the size.
  ...[2004, 2031, 2048].map(off),
  // Cursor keys of an application, reverse video, automatic line breaks.
  off(1),
  off(5),
  on(7),
];
/** Restored last: the cursor appears where it stays. */
const VISIBLE_CURSOR = on(25);
const DEFAULTS: ReadonlyMap<number, boolean> = new Map(
  [...PRIVATE_MODES, VISIBLE_CURSOR].map(({ number, isSetAtFirst }) => [number, isSetAtFirst]),
);
const ALTERNATE_SCREEN: ReadonlySet<number> = new Set([47, 1047, 1049]);
/** These save the cursor when they are set, and restore it when they are reset. */
const SAVED_CURSOR: ReadonlySet<number> = new Set([1048, 1049]);
/** What a soft reset (DECSTR) is certain to reset. Terminals differ about the others. */
const SOFTLY_RESET = [1, 25];
const MOUSE_REPORTS = [9, 1000, 1001, 1002, 1003];

/** Saves and restores the cursor. */
export interface SavedCursor {
  save(): void;
  restore(): void;
}

/** The private modes of a terminal that are not as they were at first. */
export interface PrivateModes {
  set(mode: number, isSet: boolean): void;
  /** Keeps how a mode is now (XTSAVE). */
  save(mode: number): void;
  /** Restores the state that `save` kept (XTRESTORE). */
  restore(mode: number): void;
  softReset(): void;
  /** A reset by RIS, which leaves the cursor hidden in xterm.js (VS Code). */
  hardReset(): void;
  clear(): void;
  /** The mode that has switched to the alternate screen; undefined on the main screen. */
  readonly alternateScreen: number | undefined;
  readonly hidesCursor: boolean;
  readonly reportsMouse: boolean;
  /** Restores what does not depend on which screen is shown. */
  undo(): string;
  /** Shows the cursor, if it is hidden. */
  undoCursor(): string;
}

/** @param cursor - called when a private mode saves or restores the cursor, as DECSC and DECRC do */
export function createPrivateModes(cursor: SavedCursor): PrivateModes {
  /** Bounded by the modes that are known. */
  const changed = new Set<number>();
  const saved = new Map<number, boolean>();
  let alternateScreen: number | undefined;

  const isSet = (mode: number): boolean =>
    ALTERNATE_SCREEN.has(mode)
      ? alternateScreen !== undefined
      : changed.has(mode) !== (DEFAULTS.get(mode) ?? false);
  const isKnown = (mode: number): boolean => ALTERNATE_SCREEN.has(mode) || DEFAULTS.has(mode);

  const set = (mode: number, value: boolean): void => {
    if (SAVED_CURSOR.has(mode) && value) cursor.save();
    if (ALTERNATE_SCREEN.has(mode)) {
      if (value) alternateScreen ??= mode;
      else alternateScreen = undefined;
    }
    if (SAVED_CURSOR.has(mode) && !value) cursor.restore();
    if (DEFAULTS.get(mode) === !value) changed.add(mode);
    else changed.delete(mode);
  };

  const clear = (): void => {
    changed.clear();
    saved.clear();
    alternateScreen = undefined;
  };

  const undoOf = ({ number, isSetAtFirst }: PrivateMode): string =>
    changed.has(number) ? `\x1b[?${number}${isSetAtFirst ? 'h' : 'l'}` : '';

  return {
    set,
    save(mode) {
      if (isKnown(mode)) saved.set(mode, isSet(mode));
    },
    restore(mode) {
      const value = saved.get(mode);
      if (value !== undefined) set(mode, value);
    },
    softReset() {
      for (const mode of SOFTLY_RESET) changed.delete(mode);
    },
    hardReset() {
      const hidesCursor = changed.has(VISIBLE_CURSOR.number);
      clear();
      if (hidesCursor) changed.add(VISIBLE_CURSOR.number);
    },
    clear,
    get alternateScreen() {
      return alternateScreen;
    },
    get hidesCursor() {
      return changed.has(VISIBLE_CURSOR.number);
    },
    get reportsMouse() {
      return MOUSE_REPORTS.some((mode) => changed.has(mode));
    },
    undo: () => PRIVATE_MODES.map(undoOf).join(''),
    undoCursor: () => undoOf(VISIBLE_CURSOR),
  };
}
