/** Character cells of a terminal. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** The payload of a Size message. */
export function encodeTerminalSize(size: TerminalSize): Buffer {
  return Buffer.from(JSON.stringify({ cols: size.cols, rows: size.rows }), 'latin1');
}
