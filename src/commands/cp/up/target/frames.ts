import { Buffer } from 'node:buffer';

/**
 * Bytes of a header. Its length is fixed, because bash reads ahead when its `read` reads a line from a terminal.
 */
export const HEADER_BYTES = 24;

/** What a header announces: a chunk of the file, a piece of a stream, a script to run, nothing, or the end. */
type FrameKind = 'c' | 't' | 's' | 'n' | 'q';

function header(kind: FrameKind, ...numbers: readonly number[]): Buffer {
  const text = [kind, ...numbers].join(' ');
  return Buffer.from(`${text.padEnd(HEADER_BYTES - 1)}\n`);
}

/** Writes bytes at a position of the file: `index` counts chunks of CHUNK_BYTES. */
export function chunkFrame(index: number, data: Buffer): readonly Buffer[] {
  return [header('c', data.length, index), data];
}

/** Appends bytes to the stream that a script has opened as descriptor 4. */
export function pieceFrame(index: number, data: Buffer): readonly Buffer[] {
  return [header('t', data.length, index), data];
}

/** Runs a script in the shell that receives the frames. It must not exit, and must not read its input. */
export function scriptFrame(script: Buffer): readonly Buffer[] {
  return [header('s', script.length), script];
}

/** Keeps the session from being idle: the receiver answers that it is there. */
export function keepAliveFrame(): readonly Buffer[] {
  return [header('n')];
}

/** Ends the receiver. */
export function endFrame(): readonly Buffer[] {
  return [header('q')];
}

/** One line that the receiver writes. */
export type Reply =
  /** A chunk or piece is written. */
  | { readonly kind: 'stored'; readonly index: number }
  /** It could not be written, with the text of the tool that failed. The receiver has ended. */
  | { readonly kind: 'refused'; readonly text: string }
  /** A result that a script has written: its name and its value. */
  | { readonly kind: 'result'; readonly name: ResultName; readonly value: string }
  /** A script has ended. */
  | { readonly kind: 'ran'; readonly status: number }
  /** The receiver is there: the answer to a frame that asks for nothing, and lines while a script runs. */
  | { readonly kind: 'alive' };

/** The results of scripts. A target cannot add others, so that what it reports has a bound. */
const RESULT_NAMES = [
  'block',
  'done',
  'hash',
  'part',
  'partial',
  'problem',
  'removed',
  'size',
  'status',
  'sum',
  'tag',
  'text',
  'umask',
] as const;
export type ResultName = (typeof RESULT_NAMES)[number];

const REPLY = /^([kerxn])(?: (.*))?$/s;

/** Reads a line of the receiver; undefined for what a tool may write besides. */
export function parseReply(line: string): Reply | undefined {
  const [, kind, rest = ''] = REPLY.exec(line) ?? [];
  switch (kind) {
    case 'k':
      return { kind: 'stored', index: Number(rest) };
    case 'e':
      return { kind: 'refused', text: rest };
    case 'x':
      return { kind: 'ran', status: Number(rest) };
    case 'r': {
      const [word, ...value] = rest.split(' ');
      const name = RESULT_NAMES.find((known) => known === word);
      return name === undefined ? undefined : { kind: 'result', name, value: value.join(' ') };
    }
    case 'n':
      return { kind: 'alive' };
    default:
      return undefined;
  }
}
