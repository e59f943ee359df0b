/** A line of the log of a connection. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Of all lines of the supervisor, in their order. */
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/** The last lines of a connection. */
export interface LineRing {
  readonly lines: readonly LogLine[];
  add(line: LogLine): void;
}

/** Characters of the lines that are kept: some hundred lines. */
const MAX_LOG_CHARACTERS = 64 * 1024;

/** No lines yet. They are in memory: a full disk loses none, and no file has the names of machines. */
export function createLineRing(): LineRing {
  const lines: LogLine[] = [];
  let characters = 0;
  return {
    lines,
    add(line) {
      lines.push(line);
      characters += line.text.length;
      while (characters > MAX_LOG_CHARACTERS) characters -= lines.shift()?.text.length ?? 0;
    },
  };
}
