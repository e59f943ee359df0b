import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  chooseSession,
  type ServingSession,
} from '../../../../src/session/port/listen/choose-session.ts';

type Named = ServingSession & { readonly name: string };

const session = (name: string, load: number | undefined, isConnected = true): Named => ({
  name,
  load: () => load,
  isConnected: () => isConnected,
  take: () => undefined,
  crowded: () => undefined,
  probe: () => undefined,
});

describe('the session for the next connection', () => {
  for (const [what, sessions, expected] of [
    ['is the least busy one', [session('a', 2), session('b', 1), session('c', 3)], 'b'],
    ['is the first of equals', [session('a', 2), session('b', 1), session('c', 1)], 'b'],
    ['is none that is cut off', [session('a', 0, false), session('b', 5)], 'b'],
    [
      'is the least busy one when all are cut off',
      [session('a', 1, false), session('b', 0, false)],
      'b',
    ],
    ['is none that can take none', [session('a', undefined), session('b', 7)], 'b'],
    ['does not exist when none can take one', [session('a', undefined)], undefined],
    [
      'does not exist when only one that is cut off could take one',
      [session('a', undefined), session('b', 0, false)],
      undefined,
    ],
    ['does not exist without sessions', [], undefined],
  ] as const) {
    it(what, () => {
      assert.equal(chooseSession<Named>(sessions)?.name, expected);
    });
  }
});
