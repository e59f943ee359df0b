import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isValueError } from '../../../src/cli/framework/usage/value-error.ts';
import {
  parseFirstOperand,
  parseForward,
  type Forward,
} from '../../../src/cli/ports/parse-forward.ts';

function forward(localPort: string, host: string | undefined, port: string): Forward {
  return { localPort, host, port };
}

const UNDERSTOOD: readonly (readonly [string, Forward])[] = [
  ['80', forward('80', undefined, '80')],
  ['8080:80', forward('8080', undefined, '80')],
  ['0:80', forward('0', undefined, '80')],
  ['db.internal:5432', forward('5432', 'db.internal', '5432')],
  ['10.0.0.5:5432', forward('5432', '10.0.0.5', '5432')],
  ['15432:db.internal:5432', forward('15432', 'db.internal', '5432')],
  ['0:db:5432', forward('0', 'db', '5432')],
  ['[fd00::5]:5432', forward('5432', 'fd00::5', '5432')],
  ['15432:[fd00::5]:5432', forward('15432', 'fd00::5', '5432')],
];

describe('a port to forward', () => {
  for (const [text, expected] of UNDERSTOOD) {
    it(`can be ${text}`, () => {
      assert.deepEqual(parseForward(text, undefined), [expected]);
    });
  }

  for (const [text, expected] of [
    ['8000-8002', ['8000 8000', '8001 8001', '8002 8002']],
    ['8000-8001:9000-9001', ['8000 9000', '8001 9001']],
    ['8000-8001:db-1:9000-9001', ['8000 db-1 9000', '8001 db-1 9001']],
    ['db:9000-9001', ['9000 db 9000', '9001 db 9001']],
    ['0:9000-9001', ['0 9000', '0 9001']],
  ] as const) {
    it(`can be several: ${text}`, () => {
      const forwards = parseForward(text, undefined).map(({ localPort, host, port }) =>
        [localPort, host, port].filter((part) => part !== undefined).join(' '),
      );
      assert.deepEqual(forwards, expected);
    });
  }

  it('is appended to the previous ones', () => {
    const first = parseForward('80', undefined);
    assert.deepEqual(
      parseForward('443', first).map(({ port }) => port),
      ['80', '443'],
    );
  });

  for (const text of [
    '',
    ':80',
    '80:',
    'db',
    'db:',
    '70000',
    '70000:80',
    '0',
    '80:0',
    '1:2:3',
    'a b:80',
    'fd00::5:80',
    '8002-8000',
    '8000-8100',
    '8000-8002:9000-9001',
    '8000-8001:db:80',
    '8000:9000-9001',
    '70000-70001',
    '8000-',
  ]) {
    it(`cannot be ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseForward(text, undefined), isValueError);
    });
  }
});

describe('the first argument', () => {
  for (const [text, expected] of UNDERSTOOD) {
    it(`is a port to forward when it is ${text}: no target is given`, () => {
      assert.deepEqual(parseFirstOperand(text), { kind: 'forward', forwards: [expected] });
    });
  }

  for (const text of [
    'i-0123456789abcdef0',
    'mi-0123456789abcdef0',
    'ecs:cluster_0123456789abcdef_0123456789abcdef-1234567890',
    'ecs:cluster_task_1234567890',
    'web',
    'web-1.example.internal',
    '10.0.0.7',
    'fd00::5',
    'a b:80',
    '',
  ]) {
    it(`is a target when it is ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseFirstOperand(text), { kind: 'target', text });
    });
  }

  for (const text of ['70000', '70000:80', '8080:0', 'db.internal:70000']) {
    it(`is refused when it is ${text}, and no target of this name`, () => {
      assert.throws(() => parseFirstOperand(text), isValueError);
    });
  }
});
