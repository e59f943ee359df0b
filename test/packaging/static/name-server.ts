import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** Resolvers ask only this port (resolv.conf(5)). */
const PORT = 53;
/** Of a message (RFC 1035, 4.1.1), in bytes. */
const HEADER_BYTES = 12;
/** After the name of a question: its type and its class. */
const QUESTION_END_BYTES = 4;
/** An answer, recursion available, no error. */
const ANSWERED = 0x8180;
const TYPE_A = 1;
/** A pointer to the name of the question, which follows the header (RFC 1035, 4.1.4). */
const NAME_OF_QUESTION = [0xc0, HEADER_BYTES];
const A_RECORD = [...NAME_OF_QUESTION, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4];

/**
 * A name server that knows one address by every name.
 *
 * @param listenOn - an address of this machine whose port 53 is free
 * @param address - four numbers
 * @returns the names that it has been asked for
 */
export async function startNameServer(
  t: TestContext,
  listenOn: string,
  address: readonly [number, number, number, number],
): Promise<ReadonlySet<string>> {
  const asked = new Set<string>();
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.on('message', (query, { port, address: sender }) => {
    const { name, end } = questionIn(query);
    asked.add(name);
    const isAddress = query.readUInt16BE(end) === TYPE_A;
    const header = Buffer.from(query.subarray(0, HEADER_BYTES));
    header.writeUInt16BE(ANSWERED, 2);
    header.writeUInt16BE(isAddress ? 1 : 0, 6);
    header.fill(0, 8);
    const question = query.subarray(HEADER_BYTES, end + QUESTION_END_BYTES);
    const answer = Buffer.from(isAddress ? [...A_RECORD, ...address] : []);
    socket.send(Buffer.concat([header, question, answer]), port, sender);
  });
  socket.bind(PORT, listenOn);
  await once(socket, 'listening');
  return asked;
}

/** The name in a question, and where its type is. */
function questionIn(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let bytes = query.readUInt8(at); bytes > 0; bytes = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + bytes));
    at += 1 + bytes;
  }
  return { name: labels.join('.'), end: at + 1 };
}
