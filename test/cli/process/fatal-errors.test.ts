import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { watchFatalErrors } from '../../../src/cli/process/fatal-errors.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { createCollector } from '../../../src/socket/received-garbage.ts';
import { settle } from '../../session/connection/scripted-sockets.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** Longer than the time limit of cleanups. */
const LONG_MS = 2_000;

function watched() {
  const source = new EventEmitter();
  const clock = createVirtualClock();
  const fatalErrors = watchFatalErrors(source, clock);
  let isHandled = false;
  void fatalErrors.handled.then(() => {
    isHandled = true;
  });
  return {
    fatalErrors,
    clock,
    throws: (error: unknown) => source.emit('uncaughtException', error),
    isHandled: async () => {
      await settle();
      return isHandled;
    },
  };
}

describe('a fatal error of the program', () => {
  it('is handed to everyone who has a last call to make, and waits for them', async () => {
    const { fatalErrors, throws, isHandled } = watched();
    const fatalError = new Error('a mistake');
    const reported: Error[] = [];
    const { promise, resolve } = createDeferred<undefined>();
    fatalErrors.onFatalError((error) => {
      reported.push(error);
      return promise;
    });
    fatalErrors.onFatalError((error) => {
      reported.push(error);
      return Promise.resolve();
    });
    assert.equal(await isHandled(), false);
    throws(fatalError);
    assert.deepEqual(reported, [fatalError, fatalError]);
    assert.equal(await fatalErrors.first, fatalError);
    assert.equal(await isHandled(), false);
    resolve(undefined);
    assert.equal(await isHandled(), true);
  });

  it('is handed to those that wait for it, now or later, until they stop waiting', () => {
    const { fatalErrors, throws } = watched();
    const seen: string[] = [];
    fatalErrors.onFirst(({ message }) => void seen.push(`early ${message}`));
    fatalErrors.onFirst(() => void seen.push('stopped'))();
    throws(new Error('first'));
    throws(new Error('second'));
    fatalErrors.onFirst(({ message }) => void seen.push(`late ${message}`));
    assert.deepEqual(seen, ['early first', 'late first']);
  });

  it('keeps nothing of a session that has ended', async () => {
    const { fatalErrors } = watched();
    const session = (): WeakRef<object> => {
      const kept = { errors: 0 };
      fatalErrors.onFirst(() => {
        kept.errors++;
      })();
      return new WeakRef(kept);
    };
    const ended = session();
    await setImmediate();
    createCollector('major')();
    assert.equal(ended.deref(), undefined);
  });

  it('waits for the others when a last call fails', async () => {
    const { fatalErrors, throws, isHandled } = watched();
    const { promise, resolve } = createDeferred<undefined>();
    fatalErrors.onFatalError(() => Promise.reject(new Error('no answer')));
    fatalErrors.onFatalError(() => {
      throw new Error('another mistake');
    });
    fatalErrors.onFatalError(() => promise);
    throws(new Error('a mistake'));
    assert.equal(await isHandled(), false);
    resolve(undefined);
    assert.equal(await isHandled(), true);
  });

  it('is not passed to a caller that has removed its cleanup', async () => {
    const { fatalErrors, throws, isHandled } = watched();
    fatalErrors.onFatalError(() => assert.fail('it was taken back'))();
    throws(new Error('a mistake'));
    assert.equal(await isHandled(), true);
  });

  it('waits for a last call within a bound', async () => {
    const { fatalErrors, clock, throws, isHandled } = watched();
    fatalErrors.onFatalError(() => new Promise(() => undefined));
    throws(new Error('a mistake'));
    assert.equal(await isHandled(), false);
    clock.advance(LONG_MS);
    assert.equal(await isHandled(), true);
  });

  it('is passed to a caller that comes later, once that is done, and waits for it', async () => {
    for (const isFirstHandled of [false, true]) {
      const { fatalErrors, throws, isHandled } = watched();
      const fatalError = new Error('a mistake');
      throws(fatalError);
      if (isFirstHandled) assert.equal(await isHandled(), true);
      const reported: Error[] = [];
      const { promise, resolve } = createDeferred<undefined>();
      fatalErrors.onFatalError((error) => {
        reported.push(error);
        return promise;
      });
      assert.deepEqual(reported, []);
      const handled = fatalErrors.handled.then(() => 'handled');
      assert.equal(await Promise.race([handled, settle()]), undefined);
      assert.deepEqual(reported, [fatalError]);
      resolve(undefined);
      assert.equal(await handled, 'handled');
    }
  });

  it('stops waiting after a second one', async () => {
    const { fatalErrors, throws, isHandled } = watched();
    const told: string[] = [];
    fatalErrors.onFatalError(({ message }) => {
      told.push(message);
      return new Promise(() => undefined);
    });
    throws(new Error('a mistake'));
    throws(new Error('another'));
    assert.equal(await isHandled(), true);
    assert.equal((await fatalErrors.first).message, 'a mistake');
    assert.deepEqual(told, ['a mistake']);
  });

  it('is an error, whatever was thrown', async () => {
    const { fatalErrors, throws } = watched();
    throws('a text');
    assert.equal((await fatalErrors.first).message, 'a text');
  });
});
