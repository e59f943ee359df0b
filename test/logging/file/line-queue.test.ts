import assert from 'node:assert/strict';
import { it } from 'node:test';

import { createLineQueue } from '../../../src/logging/file/line-queue.ts';
import { seeded } from '../../support/random.ts';

it('lines are taken in order, as many as fit', () => {
  const queue = createLineQueue(100);
  for (const line of ['one\n', 'two\n', 'three\n']) queue.push(line);
  assert.equal(queue.take(9).join(''), 'one\ntwo\n');
  assert.ok(!queue.isEmpty);
  assert.equal(queue.take(100).join(''), 'three\n');
  assert.ok(queue.isEmpty);
  assert.equal(queue.take(100).join(''), '');
});

it('a line longer than the limit is taken alone', () => {
  const queue = createLineQueue(100);
  queue.push('a long line\n');
  queue.push('b\n');
  assert.equal(queue.take(1).join(''), 'a long line\n');
});

it('a full queue drops its oldest lines and counts them once', () => {
  const queue = createLineQueue(8);
  for (const line of ['one\n', 'two\n', 'six\n', 'ten\n']) queue.push(line);
  assert.equal(queue.takeDropped(), 2);
  assert.equal(queue.takeDropped(), 0);
  assert.equal(queue.take(100).join(''), 'six\nten\n');
});

it('a line that exceeds the queue is dropped with all before it', () => {
  const queue = createLineQueue(8);
  queue.push('one\n');
  queue.push('much too long\n');
  assert.equal(queue.takeDropped(), 2);
  assert.ok(queue.isEmpty);
});

it('lines that could not be written are first again, with the number of dropped ones', () => {
  const queue = createLineQueue(16);
  for (const line of ['one\n', 'two\n', 'three\n']) queue.push(line);
  const taken = queue.take(9);
  queue.requeue(taken, 5);
  assert.equal(queue.length, 3);
  assert.equal(queue.takeDropped(), 5);
  queue.push('four\n');
  assert.equal(queue.takeDropped(), 1);
  assert.equal(queue.take(100).join(''), 'two\nthree\nfour\n');
});

it('it behaves like a list of lines', async () => {
  await seeded((random) => {
    const capacity = random.between(10, 60);
    const queue = createLineQueue(capacity);
    let model: string[] = [];
    let dropped = 0;
    for (let step = 0; step < 2000; step += 1) {
      if (random.chance(0.6)) {
        const line = `${'x'.repeat(random.below(12))}${step}\n`;
        queue.push(line);
        model.push(line);
        while (model.join('').length > capacity) {
          model = model.slice(1);
          dropped += 1;
        }
      } else {
        const limit = random.between(1, 40);
        let expected = model.shift() ?? '';
        while (model[0] !== undefined && expected.length + model[0].length <= limit) {
          expected += model.shift() ?? '';
        }
        assert.equal(queue.take(limit).join(''), expected);
      }
      assert.equal(queue.isEmpty, model.length === 0);
    }
    assert.equal(queue.takeDropped(), dropped);
  });
});
