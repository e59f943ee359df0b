import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createBlockQueue,
  type AskedBlock,
  type BlockQueue,
} from '../../../../../src/commands/cp/down/blocks/block-queue.ts';
import { UNIT_BYTES } from '../../../../../src/commands/cp/down/blocks/block-request.ts';
import { seeded, type Random } from '../../../../support/random.ts';

const ask = (queue: BlockQueue, session: number, units: number): AskedBlock =>
  queue.ask(session, units, 'plain', 0);

function deliverAll(queue: BlockQueue): Buffer[] {
  const delivered: Buffer[] = [];
  for (let bytes = queue.next; bytes !== undefined; bytes = queue.next) {
    delivered.push(bytes);
    queue.delivered();
  }
  return delivered;
}

/** Some sessions answer in any order; some end, and their blocks are asked for again. */
function copyAtRandom(random: Random, file: Buffer, from: number): Buffer {
  const queue = createBlockQueue({ kind: 'file', size: file.length }, from);
  const open: AskedBlock[] = [];
  const delivered: Buffer[] = [];
  while (!queue.isEmpty) {
    if (queue.hasMore && random.chance(0.6)) {
      open.push(ask(queue, random.below(3), random.between(1, 4)));
    } else if (random.chance(0.1)) {
      const session = random.below(3);
      queue.release(session);
      open.splice(0, open.length, ...open.filter((block) => block.session !== session));
    } else {
      const [block] = open.splice(random.below(open.length), 1);
      if (block === undefined) continue;
      const start = block.skip * UNIT_BYTES;
      assert.ok(queue.arrived(block, file.subarray(start, start + block.units * UNIT_BYTES)));
    }
    delivered.push(...deliverAll(queue));
  }
  return Buffer.concat(delivered);
}

describe('the blocks of a file', () => {
  it('are delivered in their order, whatever sessions bring and lose', () =>
    seeded((random) => {
      const longest = random.bytes(20 * UNIT_BYTES);
      for (let copies = 0; copies < 200; copies++) {
        const file = longest.subarray(0, random.between(0, longest.length));
        const from = random.between(0, file.length);
        assert.ok(copyAtRandom(random, file, from).equals(file.subarray(from)));
      }
    }));

  it('start in the middle of one when that much is here', () => {
    const queue = createBlockQueue({ kind: 'file', size: 3 * UNIT_BYTES }, UNIT_BYTES + 7);
    const block = ask(queue, 0, 1);
    assert.equal(block.skip, 1);
    queue.arrived(block, Buffer.alloc(UNIT_BYTES, 1));
    assert.deepEqual(deliverAll(queue), [Buffer.alloc(UNIT_BYTES - 7, 1)]);
  });

  it('reach beyond 4 GiB', () => {
    const size = 2 ** 33 + 5;
    const queue = createBlockQueue({ kind: 'file', size }, size - 5);
    const block = ask(queue, 0, 4);
    assert.equal(block.skip, Math.floor((size - 5) / UNIT_BYTES));
    assert.equal(queue.hasMore, false);
    const inBlock = size - block.skip * UNIT_BYTES;
    assert.ok(queue.arrived(block, Buffer.alloc(inBlock, 1)));
    assert.deepEqual(deliverAll(queue), [Buffer.alloc(5, 1)]);
    assert.ok(queue.isEmpty);
  });

  it('are too short when the file has become shorter, and without what was added to it', () => {
    const queue = createBlockQueue({ kind: 'file', size: 10 }, 0);
    assert.equal(queue.arrived(ask(queue, 0, 1), Buffer.alloc(9)), false);
    const grown = createBlockQueue({ kind: 'file', size: 10 }, 0);
    assert.ok(grown.arrived(ask(grown, 0, 1), Buffer.alloc(100)));
    assert.deepEqual(deliverAll(grown), [Buffer.alloc(10)]);
  });
});

describe('the blocks of a pipe', () => {
  it('are what it has, until one is empty', () => {
    const queue = createBlockQueue({ kind: 'pipe' }, 5);
    const [first, second, third, fourth] = Array.from({ length: 4 }, () => ask(queue, 0, 4));
    assert.ok(first && second && third && fourth);
    queue.arrived(first, Buffer.from('short'));
    queue.arrived(second, Buffer.from('!'));
    assert.equal(queue.arrivedBytes, 11);
    assert.equal(queue.hasMore, true);
    assert.ok(queue.arrived(third, Buffer.alloc(0)));
    assert.equal(queue.hasMore, false);
    assert.ok(queue.arrived(fourth, Buffer.alloc(0)));
    assert.deepEqual(deliverAll(queue), [Buffer.from('short'), Buffer.from('!')]);
    assert.ok(queue.isEmpty);
  });

  it('continue after a loss with what has not arrived', () => {
    const queue = createBlockQueue({ kind: 'pipe' }, 0);
    const first = ask(queue, 0, 1);
    ask(queue, 0, 1);
    queue.arrived(first, Buffer.from('abc'));
    queue.release(0);
    assert.equal(queue.arrivedBytes, 3);
    assert.deepEqual(deliverAll(queue), [Buffer.from('abc')]);
    assert.equal(queue.waiting, 0);
    assert.equal(queue.isEmpty, false);
  });
});
