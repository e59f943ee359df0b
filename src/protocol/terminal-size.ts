/** Character cells of a terminal. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** The size of a terminal that does not report it: that of the VT100. */
export const USUAL_SIZE: TerminalSize = { cols: 80, rows: 24 };

/** The payload of a Size message. */
export function encodeTerminalSize(size: TerminalSize): Buffer {
  return Buffer.from(JSON.stringify({ cols: size.cols, rows: size.rows }), 'latin1');
}
