import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { isJsonObject, type JsonObject } from '../../../../lib/json.ts';

/** Most bytes of an answer: a page of instances has some kilobytes for each of 1000. */
const ANSWER_BYTES = 32 * 1024 * 1024;
/** Control characters that XML 1.0 does not allow ("Char"), literally and as references: an answer may quote them. */
const CONTROL =
  // eslint-disable-next-line no-control-regex -- they are what it finds
  /[\0-\x08\x0b\x0c\x0e-\x1f]|&#0*(?:[0-8]|1[124-9]|2\d|3[01]);|&#x0*(?:[0-8bcef]|1[\da-f]);/gi;

/**
 * Converts an answer in XML to the JSON that AWS JSON 1.1 would have: the result of an operation, or an error.
 *
 * @param body - a stream of bytes
 * @returns UTF-8. What is not XML stays as it is
 * @throws Error when it is larger than any answer
 */
export async function jsonOfXml(body: unknown, operation: string): Promise<Uint8Array> {
  const bytes = await read(body);
  let root: XmlElement | null;
  try {
    ({ root } = parseXml(bytes.toString().replace(CONTROL, ' ')));
  } catch {
    return bytes;
  }
  if (root === null) return bytes;
  return Buffer.from(JSON.stringify(answerOf(valueOf(root), operation)));
}

/** Members of a list of a query answer; a list of one looks like an object. */
export function listMember(answer: unknown, list: string, item: string): readonly JsonObject[] {
  const items = isJsonObject(answer) ? answer[list] : undefined;
  const found = isJsonObject(items) ? items[item] : undefined;
  return (Array.isArray(found) ? found : [found]).filter((one) => isJsonObject(one));
}

async function read(body: unknown): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of isIterable(body) ? body : []) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > ANSWER_BYTES)
      throw new Error(`An answer of AWS has more than ${ANSWER_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Errors of EC2 are in a list (EC2 API, "Error codes"), those of other services alone. */
function answerOf(root: unknown, operation: string): unknown {
  if (!isJsonObject(root)) return {};
  const { Errors: errors = root, [`${operation}Result`]: result = root } = root;
  const error = isJsonObject(errors) ? errors['Error'] : undefined;
  const [first] = Array.isArray(error) ? (error as readonly unknown[]) : [error];
  if (isJsonObject(first) && 'Code' in first) {
    return { __type: first['Code'], message: first['Message'] };
  }
  return isJsonObject(result) ? result : {};
}

/** An element without elements is its text. */
function valueOf(element: XmlElement): unknown {
  const children = element.children.filter((child) => child instanceof XmlElement);
  if (children.length === 0) return element.text;
  const members = new Map<string, unknown[]>();
  for (const child of children) {
    const values = members.get(child.name) ?? [];
    values.push(valueOf(child));
    members.set(child.name, values);
  }
  return Object.fromEntries(
    [...members].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}
