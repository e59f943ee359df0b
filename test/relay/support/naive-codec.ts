import { inflateSync } from 'node:zlib';

/*
 * The lines and frames of docs/design/relay.md#frames once more, as plainly as its tables. An oracle: it shares nothing
 * with src/relay/protocol.
 */

export interface NaiveFrame {
  readonly type: number;
  readonly id: number;
  readonly payload: string;
}

/** Characters of base64. Node.js takes those of URLs, too, which mean the same. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The frames of a line of the relay, or undefined for a line that it must not send. */
export function naiveLine(line: string): readonly NaiveFrame[] | undefined {
  const bytes = naiveBase64(line.slice(1));
  if (bytes === undefined || bytes.length > 65_536) return undefined;
  if (line.startsWith('b')) return naiveRelayFrames(bytes);
  if (!line.startsWith('z')) return undefined;
  try {
    const inflated = inflateSync(Buffer.from(bytes));
    return inflated.length > 65_536 ? undefined : naiveRelayFrames([...inflated]);
  } catch {
    return undefined;
  }
}

function naiveBase64(text: string): readonly number[] | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  let bits = '';
  for (const character of text.slice(0, text.length - padding)) {
    const value = ALPHABET.indexOf(character.replace('-', '+').replace('_', '/'));
    if (value === -1) return undefined;
    bits += value.toString(2).padStart(6, '0');
  }
  const bytes: number[] = [];
  for (let at = 0; at + 8 <= bits.length; at += 8) bytes.push(parseInt(bits.slice(at, at + 8), 2));
  return bytes;
}

/** Frames that are whole; undefined when a part of one is left. */
export function naiveFrames(bytes: readonly number[]): readonly NaiveFrame[] | undefined {
  const frames: NaiveFrame[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const [type = 0, flags, high = 0, low = 0, a = 0, b = 0, c = 0, d = 0] = rest;
    const length = high * 256 + low;
    if (rest.length < 8 + length || flags !== 0) return undefined;
    const payload = Buffer.from(rest.slice(8, 8 + length)).toString('hex');
    frames.push({ type, id: ((a * 256 + b) * 256 + c) * 256 + d, payload });
    rest = rest.slice(8 + length);
  }
  return frames;
}

/** Bytes of each payload, and whether it is one of the tunnel, of a stream, or of either. */
const RELAY_FRAMES: Readonly<
  Record<number, readonly [number, number, 'tunnel' | 'stream' | 'any']>
> = {
  1: [21, 255, 'tunnel'],
  3: [8, 263, 'stream'],
  4: [6, 6, 'stream'],
  5: [0, 16_384, 'stream'],
  6: [4, 4, 'stream'],
  7: [0, 0, 'stream'],
  8: [1, 256, 'any'],
  10: [8, 8, 'tunnel'],
};

function naiveRelayFrames(bytes: readonly number[]): readonly NaiveFrame[] | undefined {
  const frames = naiveFrames(bytes);
  if (frames === undefined || frames.length === 0) return undefined;
  return frames.every(isOfRelay) ? frames : undefined;
}

function isOfRelay({ type, id, payload }: NaiveFrame): boolean {
  const rule = RELAY_FRAMES[type];
  if (rule === undefined) return false;
  const [least, most, owner] = rule;
  const length = payload.length / 2;
  if (length < least || length > most) return false;
  if (owner !== 'any' && (id === 0) !== (owner === 'tunnel')) return false;
  const code = parseInt(payload.slice(0, 2), 16);
  return type !== 8 || (code >= 1 && code <= 11);
}
