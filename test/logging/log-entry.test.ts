import assert from 'node:assert/strict';
import { it } from 'node:test';

import { MESSAGE_CHARACTERS, oneLine } from '../../src/logging/log-entry.ts';

it('a message stays on one line and cannot control a terminal', () => {
  assert.equal(
    oneLine('reason:\r\n2024 INFO forged\u001b[2J\u0085\u2028\u0000'),
    'reason:\\u000d\\u000a2024 INFO forged\\u001b[2J\\u0085\\u2028\\u0000',
  );
  assert.equal(oneLine('\u202egnirts\u2066'), '\\u202egnirts\\u2066');
  assert.equal(oneLine('größer, 大きい, 🙂'), 'größer, 大きい, 🙂');
});

it('a very long message is cut, with its length', () => {
  const line = oneLine('x'.repeat(MESSAGE_CHARACTERS + 1));
  assert.equal(line, `${'x'.repeat(MESSAGE_CHARACTERS)}… (${MESSAGE_CHARACTERS + 1} characters)`);
});

it('bytes and objects are not logged, even if a type assertion hides them', () => {
  for (const value of [Buffer.from('secret'), { token: 'secret' }, ['secret'], undefined]) {
    assert.equal(oneLine(value), '(not a text, left out)');
  }
});
