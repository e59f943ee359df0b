import { createTerminalModes } from '../../../src/terminal/terminal-modes.ts';
import type { Terminal } from '../../../src/terminal/terminal.ts';

/** A terminal of 80 columns and 24 rows that keeps its size, and what was done to it. */
export interface ScriptedTerminal extends Terminal {
  /** `raw` and `restored`, as it was set. */
  readonly calls: readonly string[];
}

/** @param isInteractive - whether the input is a terminal, too */
export function createScriptedTerminal(isInteractive: boolean): ScriptedTerminal {
  const calls: string[] = [];
  return {
    isInteractive,
    calls,
    size: () => ({ cols: 80, rows: 24 }),
    onResize: () => () => undefined,
    enterRawMode: () => calls.push('raw'),
    keysOf: (typed) => typed,
    shows: () => false,
    writeLines: (stream, lines) => void stream.write(lines),
    signalReceived: () => undefined,
    modes: createTerminalModes(() => 24),
    restore: () => calls.push('restored'),
  };
}
