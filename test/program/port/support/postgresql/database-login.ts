import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { connectLocally, readExactly } from '../local-program.ts';
import { DATABASE_USER } from './postgresql.ts';

const PROTOCOL_3 = 0x0003_0000;
const LENGTH_BYTES = 4;
const READY_FOR_QUERY = 'Z';

/**
 * A client that logs in and then closes without a Terminate message, as monitors do (PostgreSQL's
 * documentation, "Message Formats"). Fails with the message of the server.
 */
export async function logInAndClose(t: TestContext, port: number): Promise<void> {
  const socket = await connectLocally(t, { host: '127.0.0.1', port });
  socket.write(startupMessage());
  for (;;) {
    const header = await readExactly(socket, 1 + LENGTH_BYTES);
    const length = header.readUInt32BE(1) - LENGTH_BYTES;
    const body = length === 0 ? '' : (await readExactly(socket, length)).toString('latin1');
    const type = header.toString('latin1', 0, 1);
    assert.notEqual(type, 'E', body.replaceAll('\0', ' '));
    if (type === READY_FOR_QUERY) break;
  }
  const closed = once(socket, 'close');
  socket.destroy();
  await closed;
}

function startupMessage(): Buffer {
  const parameters = Buffer.from(`user\0${DATABASE_USER}\0database\0postgres\0\0`, 'latin1');
  const head = Buffer.alloc(2 * LENGTH_BYTES);
  head.writeUInt32BE(head.length + parameters.length, 0);
  head.writeUInt32BE(PROTOCOL_3, LENGTH_BYTES);
  return Buffer.concat([head, parameters]);
}
