import type { Clock } from '../clock.ts';
import {
  holdSignals,
  holdWhatComes,
  watchEndings,
  type EndingSignal,
  type HeldSignals,
  type SignalSource,
} from './signals.ts';

/** Signals of one command of the program's own, from its first moment on. */
export interface CommandSignals {
  /**
   * The command's: those that end a program, while no session has them. Ctrl-Z is not among them, and
   * the death of the caller ends no list, as it ends no other program.
   */
  readonly own: HeldSignals;
  /** Whether a session has them. */
  readonly areLent: boolean;
  /** Gives signals to a session that is about to start, as every session has them, until it is over. */
  lend(): LentSignals;
}

/** Signals that a session has. */
export interface LentSignals {
  readonly signals: HeldSignals;
  /** The session is over. When it was the last, signals are the command's again. */
  readonly giveBack: () => void;
}

/** Takes the signals of the process for a command of its own, at once. */
export function takeSignals(source: SignalSource, clock: Clock): CommandSignals {
  // Whoever dies while a target is looked up will not be there for the session, either.
  const parent = source.ppid;
  let lent = 0;
  return {
    own: holdWhatComes((handler) =>
      watchEndings(source, (signal) => {
        if (lent === 0) handler(signal);
      }),
    ),
    get areLent() {
      return lent > 0;
    },
    lend() {
      lent++;
      const signals = holdSignals(source, clock, parent);
      return {
        signals,
        giveBack() {
          signals.stop();
          lent--;
        },
      };
    },
  };
}

/** Resolves with the next signal that ends a program. */
export function nextEnding(signals: HeldSignals): Promise<EndingSignal> {
  return new Promise((resolve) => {
    signals.onSignal((signal) => {
      if (signal !== 'SIGTSTP') resolve(signal);
    });
  });
}
