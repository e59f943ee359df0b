/** Bytes of a relay as it is sent: the parameter of a document is in the list of processes, and in the service's record. */
export const RELAY_SOURCE_BYTES = 8192;

/** Lines that an interpreter ignores: comments and empty lines. */
const EMPTY_LINE = /^ *(?:#.*)?$/;
const INDENTATION = /^ */;

/** Spaces of one level of indentation, in the source tree and as it is sent. Perl needs none. */
const LEVELS = {
  perl: { width: 2, sent: '' },
  python: { width: 4, sent: ' ' },
} as const;

/**
 * The source of a relay without comments, empty lines and most indentation. It works line by line, because no string there spans
 * lines.
 *
 * @throws RangeError when it is longer than {@link RELAY_SOURCE_BYTES}
 */
export function stripSource(source: string, language: keyof typeof LEVELS): string {
  const { width, sent } = LEVELS[language];
  const stripped = source
    .split('\n')
    .filter((line) => !EMPTY_LINE.test(line))
    .map((line) =>
      line.replace(INDENTATION, ({ length }) => sent.repeat(Math.floor(length / width))),
    )
    .join('\n');
  const bytes = Buffer.byteLength(stripped);
  if (bytes > RELAY_SOURCE_BYTES) throw new RangeError(`the ${language} relay has ${bytes} bytes`);
  return stripped;
}
