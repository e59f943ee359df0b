import type { Socket } from 'node:net';
import type { DatabaseFamily } from '../../../../aws/databases.ts';

/** Longest first packet of MySQL that is read. Its only part without a small limit is the server version. */
const MAX_GREETING_BYTES = 4096;
const PACKET_HEADER = 4;
/** Versions of the first packet (MySQL, "Protocol::Handshake"). */
const GREETING = 10;
const ERROR = 0xff;
/** Bytes between the server version and the capabilities: thread id, the first part of the salt, a filler. */
const BEFORE_CAPABILITIES = 4 + 8 + 1;
const CLIENT_PROTOCOL_41 = 0x200;
const CLIENT_SSL = 0x800;
const CLIENT_SECURE_CONNECTION = 0x8000;
/** UTF-8. */
const CHARACTER_SET = 33;
const SSL_REQUEST_LENGTH = 32;

/** The length of the request, and a code instead of a version (PostgreSQL, "Message Formats", SSLRequest). */
const POSTGRES_SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]);
const POSTGRES_ACCEPTS = 'S';

/** What a server has answered. */
export type TlsAnswer =
  | 'ready'
  /** It has no TLS. */
  | 'refused'
  /** It refuses this client, with a message. */
  | { readonly problem: string };

/**
 * Asks a server for TLS, as the protocol of its family does. Most begin with TLS.
 *
 * @throws Error when the connection ends before
 */
export async function startTls(socket: Socket, family: DatabaseFamily): Promise<TlsAnswer> {
  switch (family) {
    case 'postgres':
    case 'redshift': {
      socket.write(POSTGRES_SSL_REQUEST);
      const answer = await readBytes(socket, 1);
      return answer.toString('latin1') === POSTGRES_ACCEPTS ? 'ready' : 'refused';
    }
    case 'mysql':
      return startMysql(socket);
    default:
      return 'ready';
  }
}

async function startMysql(socket: Socket): Promise<TlsAnswer> {
  const header = await readBytes(socket, PACKET_HEADER);
  const length = header.readUIntLE(0, PACKET_HEADER - 1);
  if (length === 0 || length > MAX_GREETING_BYTES) return 'refused';
  const packet = await readBytes(socket, length);
  if (packet[0] === ERROR) return { problem: packet.toString('utf8', 3) };
  const end = packet.indexOf(0, 1) + 1;
  const at = end + BEFORE_CAPABILITIES;
  if (packet[0] !== GREETING || end === 0 || packet.length < at + 2) return 'refused';
  if ((packet.readUInt16LE(at) & CLIENT_SSL) === 0) return 'refused';
  const request = Buffer.alloc(PACKET_HEADER + SSL_REQUEST_LENGTH);
  request.writeUIntLE(SSL_REQUEST_LENGTH, 0, PACKET_HEADER - 1);
  // The second packet of this connection.
  request[PACKET_HEADER - 1] = 1;
  const flags = CLIENT_PROTOCOL_41 | CLIENT_SSL | CLIENT_SECURE_CONNECTION;
  request.writeUInt32LE(flags, PACKET_HEADER);
  request.writeUInt32LE(MAX_GREETING_BYTES, PACKET_HEADER + 4);
  request[PACKET_HEADER + 8] = CHARACTER_SET;
  socket.write(request);
  return 'ready';
}

/** Leaves what follows in the socket. */
function readBytes(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      socket.off('readable', read).off('close', close).off('error', fail);
    };
    const fail = (error: Error): void => {
      stop();
      reject(error);
    };
    const close = (): void => fail(new Error('it closed the connection'));
    const read = (): void => {
      const bytes: unknown = socket.read(count);
      if (!Buffer.isBuffer(bytes)) return;
      if (bytes.length < count) return;
      stop();
      resolve(bytes);
    };
    socket.on('readable', read).on('close', close).on('error', fail);
    read();
  });
}
