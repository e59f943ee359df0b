import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { watchMistakes } from '../../../src/cli/process/fatal-errors.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { settle } from '../../session/connection/scripted-sockets.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** Longer than last calls may take. */
const LONG_MS = 2_000;

function watched() {
  const source = new EventEmitter();
  const clock = createVirtualClock();
  const mistakes = watchMistakes(source, clock);
  let isDealtWith = false;
  void mistakes.dealtWith.then(() => {
    isDealtWith = true;
  });
  return {
    mistakes,
    clock,
    throws: (error: unknown) => source.emit('uncaughtException', error),
    isDealtWith: async () => {
      await settle();
      return isDealtWith;
    },
  };
}

describe('a mistake of the program', () => {
  it('is handed to everyone who has a last call to make, and waits for them', async () => {
    const { mistakes, throws, isDealtWith } = watched();
    const mistake = new Error('a mistake');
    const told: Error[] = [];
    const { promise, resolve } = createDeferred<undefined>();
    mistakes.onMistake((error) => {
      told.push(error);
      return promise;
    });
    mistakes.onMistake((error) => {
      told.push(error);
      return Promise.resolve();
    });
    assert.equal(await isDealtWith(), false);
    throws(mistake);
    assert.deepEqual(told, [mistake, mistake]);
    assert.equal(await mistakes.first, mistake);
    assert.equal(await isDealtWith(), false);
    resolve(undefined);
    assert.equal(await isDealtWith(), true);
  });

  it('waits for the others when a last call fails', async () => {
    const { mistakes, throws, isDealtWith } = watched();
    const { promise, resolve } = createDeferred<undefined>();
    mistakes.onMistake(() => Promise.reject(new Error('no answer')));
    mistakes.onMistake(() => {
      throw new Error('another mistake');
    });
    mistakes.onMistake(() => promise);
    throws(new Error('a mistake'));
    assert.equal(await isDealtWith(), false);
    resolve(undefined);
    assert.equal(await isDealtWith(), true);
  });

  it('is not handed to who has taken the last call back', async () => {
    const { mistakes, throws, isDealtWith } = watched();
    mistakes.onMistake(() => assert.fail('it was taken back'))();
    throws(new Error('a mistake'));
    assert.equal(await isDealtWith(), true);
  });

  it('waits for a last call within a bound', async () => {
    const { mistakes, clock, throws, isDealtWith } = watched();
    mistakes.onMistake(() => new Promise(() => undefined));
    throws(new Error('a mistake'));
    assert.equal(await isDealtWith(), false);
    clock.advance(LONG_MS);
    assert.equal(await isDealtWith(), true);
  });

  it('waits for nothing when there is another', async () => {
    const { mistakes, throws, isDealtWith } = watched();
    const told: string[] = [];
    mistakes.onMistake(({ message }) => {
      told.push(message);
      return new Promise(() => undefined);
    });
    throws(new Error('a mistake'));
    throws(new Error('another'));
    assert.equal(await isDealtWith(), true);
    assert.equal((await mistakes.first).message, 'a mistake');
    assert.deepEqual(told, ['a mistake']);
  });

  it('is an error, whatever was thrown', async () => {
    const { mistakes, throws } = watched();
    throws('a text');
    assert.equal((await mistakes.first).message, 'a text');
  });
});
