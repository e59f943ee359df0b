import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isValueError } from '../../../src/cli/framework/usage/value-error.ts';
import { parseReverse, reverseForward } from '../../../src/cli/ports/parse-reverse.ts';

const tcp = (host: string, port: string) => ({ kind: 'tcp', host, port }) as const;

describe('the value of -R', () => {
  for (const [text, address, port, to] of [
    ['9000:3000', undefined, '9000', tcp('localhost', '3000')],
    ['0:3000', undefined, '0', tcp('localhost', '3000')],
    ['9000:web.internal:80', undefined, '9000', tcp('web.internal', '80')],
    ['9000:[fd00::5]:80', undefined, '9000', tcp('fd00::5', '80')],
    ['0.0.0.0:9000:3000', '0.0.0.0', '9000', tcp('localhost', '3000')],
    ['[::]:9000:127.0.0.1:3000', '::', '9000', tcp('127.0.0.1', '3000')],
    ['9000:./app.sock', undefined, '9000', { kind: 'unix', path: './app.sock' }],
    ['10.0.0.7:9000:/run/app.sock', '10.0.0.7', '9000', { kind: 'unix', path: '/run/app.sock' }],
  ] as const) {
    it(`can be ${text}`, () => {
      assert.deepEqual(parseReverse(text), [{ address, port, to }]);
    });
  }

  for (const text of [
    '',
    '9000',
    '9000:',
    ':3000',
    '70000:3000',
    '9000:0',
    'a b:9000:3000',
    '9000:./',
    '1:2:3:4:5',
  ]) {
    it(`cannot be ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseReverse(text), isValueError);
    });
  }

  it('can be given several times, and listens on the loopback unless an address is named', () => {
    const typed = parseReverse('0.0.0.0:81:80', parseReverse('9000:3000'));
    const addresses = (all?: string): readonly unknown[] =>
      typed.map((one) => {
        const { relayed } = reverseForward(one, all);
        return relayed?.kind === 'reverse' ? relayed.address : undefined;
      });
    assert.deepEqual(addresses(), ['127.0.0.1', '0.0.0.0']);
    assert.deepEqual(addresses('10.0.0.7'), ['10.0.0.7', '0.0.0.0']);
  });
});
