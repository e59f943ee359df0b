import { Writable } from 'node:stream';
import { printableLines } from '../../lib/printable.ts';
import { BUFFERED_TEXT_LIMIT } from '../../lib/buffered-text.ts';

/** A stream of text that passes on whole lines, without anything that controls a terminal. */
export interface MessageLines {
  readonly stream: Writable;
  /** Takes the text after the last line break, as a line; none when it is empty. */
  takeRest(): readonly string[];
}

/** @param writeLines - takes lines without their line breaks, at least one */
export function createMessageLines(writeLines: (lines: readonly string[]) => void): MessageLines {
  let rest = '';
  const takeRest = (): readonly string[] => {
    const lines = rest === '' ? [] : [printableLine(rest)];
    rest = '';
    return lines;
  };
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const texts = `${rest}${chunk.toString()}`.split('\n');
      rest = texts.pop() ?? '';
      const tooLong = rest.length > BUFFERED_TEXT_LIMIT ? takeRest() : [];
      const lines = [...texts.map(printableLine), ...tooLong].filter((line) => line !== '');
      if (lines.length > 0) writeLines(lines);
      done();
    },
  });
  return { stream, takeRest };
}

/** Without tabs, too: a tab makes a line wider than its number of characters. */
function printableLine(line: string): string {
  return printableLines(line).replaceAll('\t', ' ').trimEnd();
}
