import assert from 'node:assert/strict';
import { it } from 'node:test';
import { offeredValues } from '../../../src/commands/completion/values/find-values.ts';

it('nothing is offered that a shell reads as an option, or that controls a terminal', () => {
  const offered = offeredValues([
    { value: 'web', text: 'a\tb\u001b[31m' },
    { value: '', text: '' },
    { value: '--help', text: '' },
    { value: 'two\nlines', text: '' },
    { value: 'tab\t', text: '' },
    { value: '\u202eltr', text: '' },
    { value: 'x'.repeat(257), text: '' },
  ]);
  assert.deepEqual(offered, [{ value: 'web', text: 'a b [31m' }]);
});

it('no more values are offered than a person reads', () => {
  const values = Array.from({ length: 1001 }, (_, i) => ({ value: `i-${i}`, text: '' }));
  assert.equal(offeredValues(values).length, 1000);
});
