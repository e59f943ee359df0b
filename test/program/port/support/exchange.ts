import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import { withDeadline } from '../../support/transcript.ts';
import { chunksOf, createFingerprint, fingerprintOf, type Content } from './content.ts';
import { connectLocally } from './local-program.ts';
import { startService, type ServiceOptions, type TargetService } from './target-service.ts';

/** The contents that one connection carries in each direction. */
export interface Exchange {
  readonly up: Content;
  readonly down: Content;
}

const HEADER_BYTES = 12;
/** A fingerprint on a line of its own, padded. */
const RECEIPT_BYTES = 96;

/**
 * A service that sends the content that the header of a connection requests while it receives the content
 * that the header announces. It reports the fingerprint of the received one and ends the connection.
 */
export function startExchangeService(
  t: TestContext,
  options: ServiceOptions = {},
): Promise<TargetService> {
  return startService(t, serveExchange, options);
}

/** The end of one connection at the service. */
export function serveExchange(socket: Socket): void {
  let head = Buffer.alloc(0);
  let missing = -1;
  let sent = Promise.resolve();
  const received = createFingerprint();
  const receive = (bytes: Buffer): void => {
    if (bytes.length > 0) received.update(bytes);
    missing -= bytes.length;
    if (missing !== 0) return;
    const receipt = received.result().padEnd(RECEIPT_BYTES);
    void sent.then(() => socket.end(receipt));
  };
  socket.on('data', (bytes: Buffer) => {
    if (missing >= 0) {
      // More bytes than announced never match, and are not answered again.
      receive(bytes);
      return;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < HEADER_BYTES) return;
    missing = head.readUInt32BE(0);
    const down: Content = { seed: head.readUInt32BE(4), bytes: head.readUInt32BE(8) };
    // The side of the client notices a connection that is reset.
    sent = sendContent(socket, down).catch(() => undefined);
    receive(head.subarray(HEADER_BYTES));
  });
}

/** The header that the client sends before its content. */
export function headOf({ up, down }: Exchange): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32BE(up.bytes, 0);
  head.writeUInt32BE(down.seed, 4);
  head.writeUInt32BE(down.bytes, 8);
  return head;
}

/** Writes header and content, and waits while the stream is full. */
export async function sendRequest(stream: Writable, exchange: Exchange): Promise<void> {
  stream.write(headOf(exchange));
  await sendContent(stream, exchange.up);
}

/** Checks the content from the service, byte by byte, and the fingerprint that it reports. */
export interface AnswerReader {
  push(bytes: Buffer): void;
  /** Whether all expected bytes have arrived. */
  readonly whole: boolean;
  readonly missing: number;
  /** Throws when a byte or the fingerprint differs. */
  verify(): void;
}

/** Reads the answer to this exchange. */
export function createAnswerReader({ up, down }: Exchange): AnswerReader {
  const received = createFingerprint();
  const receipt: Buffer[] = [];
  let content = down.bytes;
  let missing = down.bytes + RECEIPT_BYTES;
  return {
    push(bytes) {
      missing -= bytes.length;
      const first = bytes.subarray(0, content);
      content -= first.length;
      if (first.length > 0) received.update(first);
      if (first.length < bytes.length) receipt.push(bytes.subarray(first.length));
    },
    get whole() {
      return missing === 0;
    },
    get missing() {
      return missing;
    },
    verify() {
      assert.equal(received.result(), fingerprintOf(down), 'what came from the target');
      const answer = Buffer.concat(receipt).toString('latin1');
      assert.equal(answer.trimEnd(), fingerprintOf(up), 'what came to the target');
      assert.equal(missing, 0, 'bytes missing after the answer, or too many');
    },
  };
}

/**
 * How the connection is closed: by the service, as soon as it has answered; or reset by the local
 * program, for an agent without smux, which does not report the end of the target's connection.
 */
export type Closing = 'by-service' | 'by-reset';

/** Carries out an exchange on a connection of its own and checks it. */
export async function runExchange(
  t: TestContext,
  port: number,
  exchange: Exchange,
  closing: Closing = 'by-service',
): Promise<void> {
  const socket = await connectLocally(t, { host: '127.0.0.1', port });
  const answer = createAnswerReader(exchange);
  const over = new Promise<void>((resolve, reject) => {
    socket.on('data', (bytes: Buffer) => {
      answer.push(bytes);
      if (closing === 'by-reset' && answer.missing <= 0) resolve();
    });
    socket.on('end', resolve);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed without an end')));
  });
  const both = Promise.all([over, sendRequest(socket, exchange)]);
  await withDeadline(`the exchange`, both, () => `${answer.missing} bytes are missing`);
  answer.verify();
  const closed = once(socket, 'close');
  if (closing === 'by-reset') socket.resetAndDestroy();
  else socket.end();
  await closed;
}

function sendContent(stream: Writable, content: Content): Promise<void> {
  return pipeline(Readable.from(chunksOf(content)), stream, { end: false });
}
