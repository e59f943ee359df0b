/** Lines that wait to be written, in limited memory. */
export interface LineQueue {
  /** Adds a line at the end. If there is no room, the oldest lines are dropped. */
  push(line: string): void;
  /**
   * Takes lines from the front while they fit into `characters`, at least one.
   *
   * @returns the lines, none when none waits
   */
  take(characters: number): readonly string[];
  /** Returns the number of lines dropped since the last call. */
  takeDropped(): number;
  /** Restores lines at the front, and the number of dropped ones, after a failed write. */
  requeue(taken: readonly string[], takenDropped: number): void;
  /** Lines that wait. */
  readonly length: number;
  readonly isEmpty: boolean;
}

/** @param capacity - characters of all waiting lines together; a longer line is dropped at once */
export function createLineQueue(capacity: number): LineQueue {
  // The lines before `first` were taken. The array is cut when they are more than those that wait.
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

  const makeRoom = (): void => {
    while (characters > capacity) {
      shift();
      dropped += 1;
    }
  };

  return {
    push: (line) => {
      lines.push(line);
      characters += line.length;
      makeRoom();
    },
    take: (limit) => {
      const taken: string[] = [];
      let length = 0;
      while (first < lines.length) {
        length += lines[first]?.length ?? 0;
        if (taken.length > 0 && length > limit) break;
        taken.push(shift());
      }
      return taken;
    },
    requeue: (taken, takenDropped) => {
      lines = [...taken, ...lines.slice(first)];
      first = 0;
      for (const line of taken) characters += line.length;
      dropped += takenDropped;
      makeRoom();
    },
    get length() {
      return lines.length - first;
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
