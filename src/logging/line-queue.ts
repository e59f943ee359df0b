/** Lines that wait to be written, in a bounded amount of memory. */
export interface LineQueue {
  /** Adds a line at the end; makes room by dropping the oldest. */
  push(line: string): void;
  /**
   * Takes lines from the front while they fit into `characters`, one at least.
   *
   * @returns the lines in one text, empty when none waits
   */
  take(characters: number): string;
  /** Lines dropped since the last call. */
  takeDropped(): number;
  readonly isEmpty: boolean;
}

/** @param capacity characters of all waiting lines together; a longer line is dropped at once */
export function createLineQueue(capacity: number): LineQueue {
  // The lines before `first` are gone; the array is cut when they outnumber those that wait.
  let lines: string[] = [];
  let first = 0;
  let characters = 0;
  let dropped = 0;

  const shift = (): string => {
    const line = lines[first] ?? '';
    first += 1;
    characters -= line.length;
    if (first * 2 > lines.length) {
      lines = lines.slice(first);
      first = 0;
    }
    return line;
  };

  return {
    push: (line) => {
      lines.push(line);
      characters += line.length;
      while (characters > capacity) {
        shift();
        dropped += 1;
      }
    },
    take: (limit) => {
      let text = '';
      while (first < lines.length) {
        const next = lines[first] ?? '';
        if (text !== '' && text.length + next.length > limit) break;
        text += shift();
      }
      return text;
    },
    takeDropped: () => {
      const count = dropped;
      dropped = 0;
      return count;
    },
    get isEmpty() {
      return first === lines.length;
    },
  };
}
