import type { ControlSequence } from './control-sequences.ts';

/** Changes to how a terminal reports keys: kitty's protocol and xterm's. */
export interface KeyModes {
  /** Takes a sequence. @returns whether it is about keys */
  take(sequence: ControlSequence, isAlternateScreen: boolean): boolean;
  /** Restores the keys of one screen; in kitty's protocol each screen has modes of its own. */
  undoScreen(isAlternateScreen: boolean): string;
  /** Restores what both screens share. */
  undo(): string;
  reset(): void;
}

/** The modes that one screen has in kitty's protocol. */
interface KittyModes {
  /** Number of modes that were pushed and not popped. */
  pushed: number;
  /** The modes were changed before the first push. */
  isSet: boolean;
}

/** The most that kitty keeps; it then drops the oldest. */
const MAX_PUSHED = 16;
/** How `CSI = flags ; how u` sets the flags: all of them, those given, or all but those given. */
const SET_ALL = 1;
const SET_GIVEN = 2;
/** The keys that XTMODKEYS changes (`CSI > which ; value m`); 4 is modifyOtherKeys. */
const MAX_MODIFIED = 7;

/** Follows kitty's "comprehensive keyboard handling" and xterm's XTMODKEYS. */
export function createKeyModes(): KeyModes {
  const main: KittyModes = { pushed: 0, isSet: false };
  const alternate: KittyModes = { pushed: 0, isSet: false };
  const modified = new Set<number>();
  const screen = (isAlternateScreen: boolean): KittyModes => (isAlternateScreen ? alternate : main);

  const takeKitty = (prefix: string, parameters: readonly number[], modes: KittyModes): void => {
    const [first = 0, how = SET_ALL] = parameters;
    switch (prefix) {
      case '>':
        modes.pushed = Math.min(modes.pushed + 1, MAX_PUSHED);
        break;
      case '<': {
        const popped = Math.max(first, 1);
        if (popped > modes.pushed) modes.isSet = false;
        modes.pushed = Math.max(modes.pushed - popped, 0);
        break;
      }
      case '=':
        if (modes.pushed > 0) break;
        if (how === SET_ALL) modes.isSet = first !== 0;
        else if (how === SET_GIVEN && first !== 0) modes.isSet = true;
    }
  };

  const takeModified = (parameters: readonly number[]): void => {
    const [which = 0, value = 0] = parameters;
    if (which > MAX_MODIFIED) return;
    if (value === 0) modified.delete(which);
    else modified.add(which);
  };

  return {
    take({ prefix, parameters, intermediate, final }, isAlternateScreen) {
      if (intermediate !== '' || prefix === '' || prefix === '?') return false;
      if (final === 'u') takeKitty(prefix, parameters, screen(isAlternateScreen));
      else if (final === 'm' && prefix === '>') takeModified(parameters);
      else return false;
      return true;
    },
    undoScreen(isAlternateScreen) {
      const { pushed, isSet } = screen(isAlternateScreen);
      return `${pushed > 0 ? `\x1b[<${pushed}u` : ''}${isSet ? '\x1b[=0u' : ''}`;
    },
    undo: () => [...modified].map((which) => `\x1b[>${which}m`).join(''),
    reset() {
      for (const modes of [main, alternate]) {
        modes.pushed = 0;
        modes.isSet = false;
      }
      modified.clear();
    },
  };
}
