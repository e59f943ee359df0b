import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { DELIVERY_STALL_MS } from '../../../../src/session/port/connection/delivery.ts';
import {
  RECEIVE_BUDGET_BYTES,
  RECEIVE_BUDGET_RESUME_BYTES,
} from '../../../../src/session/port/connection/receive-budget.ts';
import { randomOf } from '../../../support/random.ts';
import { collect, startForwarding, until } from '../support/local-programs.ts';
import { attachSmuxPeer } from '../support/smux-peer.ts';

const AGENT = '3.3.0.0';
const TIMEOUT = { timeout: 60_000 };
const MEGABYTE = 1024 * 1024;
/** More than any kernel buffers for a connection that is not read. */
const PLENTY = 64 * MEGABYTE;

describe('a slow local reader', TIMEOUT, () => {
  it('pauses receiving, loses nothing, and receiving resumes when it reads', async (t) => {
    const running = await startForwarding(t, AGENT);
    const { link, connect } = running;
    const peer = attachSmuxPeer(link);
    const program = await connect();
    program.pause();
    await until(() => peer.streams.has(3));
    const stream = peer.streams.get(3);
    const piece = randomOf(1).bytes(64 * 1024);
    let sent = 0;
    while (!link.receivingPaused) {
      assert.ok(sent < PLENTY, 'receiving was never paused');
      stream?.send(piece);
      sent += piece.length;
      // As the runtime does between two reads of the network.
      await Promise.resolve();
    }
    // Bytes that the socket has already read are still accepted.
    stream?.send(piece);
    sent += piece.length;
    stream?.fin();
    let received = 0;
    let wrong = 0;
    program.on('data', (chunk: Buffer) => {
      for (const byte of chunk) if (byte !== piece[received++ % piece.length]) wrong++;
    });
    program.resume();
    await once(program, 'end');
    assert.equal(received, sent);
    assert.equal(wrong, 0);
    assert.equal(link.receivingPaused, false);
  });

  it('that closes frees its part of the budget', async (t) => {
    const { link, connect } = await startForwarding(t, AGENT);
    const peer = attachSmuxPeer(link);
    const slow = await connect();
    slow.pause();
    const received = collect(await connect());
    await until(() => peer.streams.has(5));
    const piece = Buffer.alloc(MEGABYTE);
    for (let sent = 0; !link.receivingPaused; sent += piece.length) {
      assert.ok(sent < PLENTY, 'receiving was never paused');
      peer.streams.get(3)?.send(piece);
      await Promise.resolve();
    }
    slow.resetAndDestroy();
    await until(() => !link.receivingPaused);
    await until(() => peer.streams.get(3)?.finished === true);
    peer.streams.get(5)?.send('still served');
    await until(() => received.bytes.toString() === 'still served');
    assert.ok(RECEIVE_BUDGET_RESUME_BYTES < RECEIVE_BUDGET_BYTES);
  });

  it('does not delay the end of the session when it does not read', async (t) => {
    const { session, host, link, connect } = await startForwarding(t, AGENT);
    const peer = attachSmuxPeer(link);
    (await connect()).pause();
    await until(() => peer.streams.has(3));
    while (!link.receivingPaused) {
      peer.streams.get(3)?.send(Buffer.alloc(MEGABYTE));
      await Promise.resolve();
    }
    let finished = false;
    void session.finish().then(() => (finished = true));
    await until(() => host.clock.pending > 0);
    assert.equal(finished, false);
    // The session stops waiting when the reader took nothing for a whole period.
    await until(() => {
      host.clock.advance(DELIVERY_STALL_MS);
      return finished;
    });
  });
});

describe('an upload that is not pulled', TIMEOUT, () => {
  it('stops reading the local program, and carries every byte when it resumes', async (t) => {
    const { link, connect } = await startForwarding(t, AGENT);
    const peer = attachSmuxPeer(link);
    const program = await connect();
    await until(() => peer.streams.has(3));
    link.room = 0;
    const piece = randomOf(2).bytes(MEGABYTE);
    let written = 0;
    // Write until neither the session nor the kernel takes more.
    while (program.writableLength === 0) {
      assert.ok(written < PLENTY, 'the session reads without end');
      program.write(piece);
      written += piece.length;
      let rounds = 0;
      await until(() => program.writableLength === 0 || ++rounds > 200);
    }
    program.end();
    const stream = peer.streams.get(3);
    await until(() => {
      link.pull(500);
      return program.writableFinished && (stream?.received.length ?? 0) >= written;
    });
    const bytes = stream?.received ?? Buffer.alloc(0);
    assert.equal(bytes.length, written);
    for (let offset = 0; offset < written; offset += piece.length) {
      assert.ok(bytes.subarray(offset, offset + piece.length).equals(piece));
    }
  });
});
