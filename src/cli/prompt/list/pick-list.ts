import { matchesWords } from '../../output/match-words.ts';
import type { Table } from '../../output/table.ts';

/** A list that a person picks one item of. */
export interface PickList {
  /** What is asked for, before the text that is typed. One line without control characters. */
  readonly message: string;
  readonly columns: Table['columns'];
  readonly items: readonly PickItem[];
}

/** One item of a list. */
export interface PickItem {
  /** A text for each column. */
  readonly row: readonly string[];
  /** What the words of a filter are searched in. */
  readonly searchText: string;
  /** Whether it is probably of no use now. */
  readonly isDimmed: boolean;
}

/** What a person has typed and where they are in the list. */
export interface PickState {
  readonly filter: string;
  /** Index of the cursor in `filter`. */
  readonly cursor: number;
  /** Indexes of the items that match the filter. */
  readonly matches: readonly number[];
  /** Index of the marked item in `matches`. */
  readonly marked: number;
}

/** What changes the state. */
export type PickEvent =
  | { readonly kind: 'typed'; readonly filter: string; readonly cursor: number }
  /** Moves the mark down by this many items; a negative number moves it up. It stops at the ends. */
  | { readonly kind: 'moved'; readonly by: number };

/** The next state. After a change of the filter, the first match is marked. */
export function advancePick({ items }: PickList, state: PickState, event: PickEvent): PickState {
  switch (event.kind) {
    case 'typed': {
      const { filter, cursor } = event;
      if (filter === state.filter) return { ...state, cursor };
      return {
        filter,
        cursor,
        matches: items.flatMap(({ searchText }, i) =>
          matchesWords(searchText, filter) ? [i] : [],
        ),
        marked: 0,
      };
    }
    case 'moved': {
      const last = Math.max(0, state.matches.length - 1);
      return { ...state, marked: Math.min(Math.max(0, state.marked + event.by), last) };
    }
  }
}

/** The state of a list that nothing was typed for. */
export function initialPick({ items }: PickList): PickState {
  return { filter: '', cursor: 0, matches: items.map((_, i) => i), marked: 0 };
}
