// One end of the floor: `floor-peer.ts listen` or `floor-peer.ts URL`, started by floor.ts. Two such
// ends exchange frames of the protocol's size, with digests and acknowledgements as the protocol has
// them, and nothing else: no sequence, no window, no rate, no session.

import { hash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

const DIGEST_OFFSET = 80;
const HEADER_BYTES = 120;
const PAYLOAD_BYTES = 1024;
/** An acknowledgement: the header and its JSON. */
const ACKNOWLEDGEMENT_BYTES = HEADER_BYTES + 176;
/** Frames handed to the socket before it has written the ones before them. */
const BATCH_FRAMES = 256;

/** What floor.ts asks an end to do, by a message between the processes. */
export interface FloorOrder {
  readonly kind: 'send' | 'receive';
  readonly frames: number;
}

/** What an end reports to floor.ts. */
export type FloorReport =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'connected' }
  /** Ready to receive. */
  | { readonly kind: 'receiving' }
  | { readonly kind: 'done'; readonly seconds: number };

function report(message: FloorReport): void {
  process.send?.(message);
}

function frameOf(payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  hash('sha256', payload, 'buffer').copy(frame, DIGEST_OFFSET);
  payload.copy(frame, HEADER_BYTES);
  return frame;
}

function isIntact(frame: Buffer): boolean {
  const digest = hash('sha256', frame.subarray(HEADER_BYTES), 'buffer');
  return digest.compare(frame, DIGEST_OFFSET, DIGEST_OFFSET + digest.length) === 0;
}

function obey(socket: WebSocket): void {
  const payload = Buffer.alloc(PAYLOAD_BYTES, 'x');
  const acknowledgement = Buffer.alloc(ACKNOWLEDGEMENT_BYTES - HEADER_BYTES, 'a');
  process.on('message', ({ kind, frames }: FloorOrder) => {
    const start = performance.now();
    let received = 0;
    const onFrame = (frame: Buffer): void => {
      if (!isIntact(frame)) throw new Error('the floor damaged a frame');
      if (kind === 'receive') socket.send(frameOf(acknowledgement));
      if (++received < frames) return;
      socket.off('message', onFrame);
      report({ kind: 'done', seconds: (performance.now() - start) / 1000 });
    };
    socket.on('message', onFrame);
    if (kind === 'receive') {
      report({ kind: 'receiving' });
      return;
    }
    let sent = 0;
    const sendBatch = (): void => {
      const end = Math.min(sent + BATCH_FRAMES, frames);
      while (sent < end) {
        sent += 1;
        if (sent < end || end === frames) socket.send(frameOf(payload));
        else socket.send(frameOf(payload), sendBatch);
      }
    };
    sendBatch();
  });
  report({ kind: 'connected' });
}

// Without floor.ts there is nothing left to measure.
process.on('disconnect', () => process.exit());

const place = process.argv[2] ?? 'listen';
if (place === 'listen') {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('listening', () => {
    report({ kind: 'listening', port: (server.address() as AddressInfo).port });
  });
  server.on('connection', (socket) => {
    server.close();
    obey(socket);
  });
} else {
  const socket = new WebSocket(place, { perMessageDeflate: false });
  socket.on('open', () => obey(socket));
}
