import { createHash } from 'node:crypto';

/** The limit of Node.js for the headers of an answer, in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;
const END_OF_HEAD = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?$/;
/** A name is a token, and no space comes before its colon (RFC 9112, section 5.1). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[^\r\n\0]*$/;

/** The status of an answer that upgrades the connection (RFC 9110, section 15.2.2). */
export const SWITCHING_PROTOCOLS = 101;
const FIRST_FINAL_STATUS = 200;
/** What the server appends to the key before it hashes it (RFC 6455, section 1.3). */
const KEY_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** An answer to the request for a WebSocket. */
export interface UpgradeAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** What came after it. */
  readonly rest: Buffer;
}

/** Reads an answer in pieces, each with the pieces before it. */
export interface AnswerReader {
  /**
   * @returns the answer, once its head is complete; others follow those with a status of 1xx, which are left out, but
   *   for 101
   * @throws Error with a sentence part, for what is no answer of HTTP/1.1 or has a head above 16 KiB
   */
  read(chunk: Buffer): UpgradeAnswer | undefined;
}

/** Begins to read an answer. */
export function createAnswerReader(): AnswerReader {
  let bytes: Buffer = Buffer.alloc(0);
  return {
    read(chunk) {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      for (;;) {
        const end = bytes.indexOf(END_OF_HEAD);
        if ((end === -1 ? bytes.length : end) > MAX_HEAD_BYTES) {
          throw new Error('its answer has too many headers');
        }
        if (end === -1) return undefined;
        const answer = parseHead(bytes.toString('latin1', 0, end));
        bytes = bytes.subarray(end + END_OF_HEAD.length);
        const isFinal = answer.status >= FIRST_FINAL_STATUS;
        if (isFinal || answer.status === SWITCHING_PROTOCOLS) return { ...answer, rest: bytes };
      }
    },
  };
}

function parseHead(head: string): Omit<UpgradeAnswer, 'rest'> {
  const [first = '', ...lines] = head.split('\r\n');
  const status = STATUS_LINE.exec(first)?.[1];
  if (status === undefined) throw new Error('its answer is not HTTP');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = withoutBlanks(line.slice(colon + 1));
    if (!HEADER_NAME.test(key) || !HEADER_VALUE.test(value))
      throw new Error('its answer has a malformed header');
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(status), headers };
}

/**
 * Removes spaces and tabs at both ends. A regular expression would take the square of the length for a text of blanks,
 * and `trim` removes other characters, too.
 */
function withoutBlanks(text: string): string {
  const isBlank = (at: number): boolean => text[at] === ' ' || text[at] === '\t';
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(start)) start++;
  while (start < end && isBlank(end - 1)) end--;
  return text.slice(start, end);
}

/**
 * Whether the connection is a WebSocket from now on: what a client must check (RFC 6455, section 4.1).
 *
 * @param key - of the request, which asked for no extension and no subprotocol
 * @returns a sentence part about what is wrong; undefined when all is right
 */
export function upgradeProblem({ headers }: UpgradeAnswer, key: string): string | undefined {
  const options = (headers.get('connection') ?? '').toLowerCase().split(',').map(withoutBlanks);
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket' || !options.includes('upgrade')) {
    return 'its answer is no upgrade to a WebSocket';
  }
  const accepted = createHash('sha1').update(`${key}${KEY_SUFFIX}`).digest('base64');
  if (headers.get('sec-websocket-accept') !== accepted) return 'its answer is for another request';
  const added = ['sec-websocket-protocol', 'sec-websocket-extensions'].find((name) =>
    headers.has(name),
  );
  return added === undefined ? undefined : `its answer has a ${added} that was not requested`;
}
