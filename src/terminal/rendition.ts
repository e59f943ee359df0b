/** Colours and other attributes of the characters that are written next (ECMA-48 and xterm, SGR). */
export interface Rendition {
  /** Takes the parameters of one SGR sequence. */
  take(parameters: readonly number[]): void;
  readonly isPlain: boolean;
  /** Keeps the attributes along with the cursor's position (DECSC). */
  save(): void;
  /** Adds the kept attributes to the present ones: terminals differ in whether they restore them. */
  restore(): void;
  /** Regards both as plain. */
  reset(): void;
}

const RESET = 0;
const DEFAULT_FOREGROUND = 39;
const DEFAULT_BACKGROUND = 49;
const DEFAULT_UNDERLINE_COLOUR = 59;
/** The parameter that switches an attribute off, and those that switch it on. */
const ATTRIBUTES: ReadonlyMap<number, readonly number[]> = new Map([
  [10, [11, 12, 13, 14, 15, 16, 17, 18, 19]],
  [22, [1, 2]],
  [23, [3, 20]],
  [24, [4, 21]],
  [25, [5, 6]],
  [27, [7]],
  [28, [8]],
  [29, [9]],
  [DEFAULT_FOREGROUND, [30, 31, 32, 33, 34, 35, 36, 37, 90, 91, 92, 93, 94, 95, 96, 97]],
  [DEFAULT_BACKGROUND, [40, 41, 42, 43, 44, 45, 46, 47, 100, 101, 102, 103, 104, 105, 106, 107]],
  [54, [51, 52]],
  [55, [53]],
]);
const SWITCHED_OFF_BY: ReadonlyMap<number, number> = new Map(
  [...ATTRIBUTES].flatMap(([off, ons]) => ons.map((on) => [on, off] as const)),
);
/** Any colour: `5 ; n` or `2 ; red ; green ; blue` follow, as parameters of their own or after colons. */
const ANY_COLOUR: ReadonlyMap<number, number> = new Map([
  [38, DEFAULT_FOREGROUND],
  [48, DEFAULT_BACKGROUND],
  [58, DEFAULT_UNDERLINE_COLOUR],
]);
const COLOUR_PARAMETERS: ReadonlyMap<number, number> = new Map([
  [5, 2],
  [2, 4],
]);

/** Follows the attributes that the output sets. */
export function createRendition(): Rendition {
  /** The parameters that would switch off what is on. */
  const on = new Set<number>();
  let saved: readonly number[] = [];
  return {
    take(parameters) {
      for (let at = 0; at < parameters.length; at++) {
        const parameter = parameters[at] ?? RESET;
        const off = SWITCHED_OFF_BY.get(parameter) ?? ANY_COLOUR.get(parameter);
        if (parameter === RESET) on.clear();
        else if (off === undefined) on.delete(parameter);
        else on.add(off);
        if (ANY_COLOUR.has(parameter)) {
          at += COLOUR_PARAMETERS.get(parameters[at + 1] ?? RESET) ?? 0;
        }
      }
    },
    get isPlain() {
      return on.size === 0;
    },
    save() {
      saved = [...on];
    },
    restore() {
      for (const off of saved) on.add(off);
    },
    reset() {
      on.clear();
      saved = [];
    },
  };
}
