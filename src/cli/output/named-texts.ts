import { Writable } from 'node:stream';

/** Adds to a text which of several sessions it is about. */
export type NameInText = (text: string) => string;

/** Takes the failures and notices of one session, and writes each with its name and without empty lines. */
export function namedTexts(output: Writable, name: NameInText): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: unknown, _encoding, done) {
      const lines = String(text)
        .split('\n')
        .filter((line) => line !== '');
      // An empty text only checks that the texts before it are written.
      const shown = lines.length === 0 ? '' : `${name(lines.join('\n'))}\n`;
      output.write(shown, () => done());
    },
  });
}
