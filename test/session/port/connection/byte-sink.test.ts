import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { PIECE_COST_BYTES } from '../../../../src/session/streams/byte-queue.ts';
import { writeTo } from '../../../../src/session/port/connection/byte-sink.ts';
import {
  createReceiveBudget,
  RECEIVE_BUDGET_BYTES,
} from '../../../../src/session/port/connection/receive-budget.ts';
import { createMemoryLink } from '../support/memory-link.ts';

const KIB = 1024;

interface Stuck {
  readonly stream: Writable;
  /** All bytes that were written. */
  readonly written: readonly Buffer[];
}

/** A local program that reads nothing. */
function stuckProgram(): Stuck {
  const written: Buffer[] = [];
  const stream = new Writable({ write: () => undefined });
  const write = stream.write.bind(stream);
  stream.write = (chunk: Buffer, callback?: unknown) => {
    written.push(chunk);
    return Reflect.apply(write, stream, [chunk, callback]) as boolean;
  };
  return { stream, written };
}

const byte = (): Buffer => Buffer.alloc(64 * KIB).subarray(0, 1);

describe('bytes for a local program that does not read', () => {
  it('count as the memory they take: 1 MiB are two thousand payloads of one byte', async () => {
    const link = createMemoryLink();
    const budget = createReceiveBudget(link);
    const sink = writeTo(stuckProgram().stream, budget);
    let payloads = 0;
    while (!link.receivingPaused) {
      assert.ok(payloads < RECEIVE_BUDGET_BYTES, 'receiving is never paused');
      sink.write(byte());
      payloads++;
      await Promise.resolve();
    }
    assert.equal(payloads, Math.ceil((RECEIVE_BUDGET_BYTES + 1) / (PIECE_COST_BYTES + 1)));
    sink.discard();
    assert.equal(budget.used, 0);
    assert.equal(link.receivingPaused, false);
  });

  it('are written together when they arrive together, however many pieces they have', async () => {
    const budget = createReceiveBudget(createMemoryLink());
    const { stream, written } = stuckProgram();
    const sink = writeTo(stream, budget);
    for (let i = 0; i < 100_000; i++) sink.write(Buffer.from('x'));
    await Promise.resolve();
    assert.ok(written.length <= 100, `${written.length} writes`);
    assert.equal(Buffer.concat(written).length, 100_000);
  });

  it('do not keep a buffer of which they are a small part', async () => {
    const { stream, written } = stuckProgram();
    const sink = writeTo(stream, createReceiveBudget(createMemoryLink()));
    for (let i = 0; i < 3; i++) {
      sink.write(byte());
      await Promise.resolve();
    }
    assert.equal(written.length, 3);
    for (const { buffer, length } of written) assert.equal(buffer.byteLength, length);
  });

  it('are written without a copy when they are most of their buffer', async () => {
    const { stream, written } = stuckProgram();
    const sink = writeTo(stream, createReceiveBudget(createMemoryLink()));
    const payload = Buffer.alloc(64 * KIB).subarray(120);
    sink.write(payload);
    await Promise.resolve();
    assert.equal(written[0], payload);
  });
});
