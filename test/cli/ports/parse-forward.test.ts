import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isValueError } from '../../../src/cli/framework/usage/value-error.ts';
import {
  parseFirstOperand,
  parseForward,
  sharedLocalEnd,
  type Forward,
} from '../../../src/cli/ports/parse-forward.ts';

function forward(localPort: string, host: string | undefined, port: string): Forward {
  return { localPort, host, port };
}

/** With a Unix socket at one end or both. */
function socket(
  [localPort, localPath]: readonly [string, string?],
  [host, port, remotePath]: readonly [string | undefined, string, string?],
): Forward {
  return { ...forward(localPort, host, port), relayed: { kind: 'unix', localPath, remotePath } };
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
  ['53/udp', { ...forward('53', undefined, '53'), relayed: { kind: 'udp' } }],
  ['5353:10.0.0.2:53/udp', { ...forward('5353', '10.0.0.2', '53'), relayed: { kind: 'udp' } }],
  ['8080:/run/app.sock', socket(['8080'], [undefined, '', '/run/app.sock'])],
  ['0:/run/app.sock', socket(['0'], [undefined, '', '/run/app.sock'])],
  [
    './docker.sock:/var/run/docker.sock',
    socket(['', './docker.sock'], [undefined, '', '/var/run/docker.sock']),
  ],
  ['../a b.sock:/run/a b.sock', socket(['', '../a b.sock'], [undefined, '', '/run/a b.sock'])],
  ['./pg.sock:5432', socket(['', './pg.sock'], [undefined, '5432'])],
  ['/tmp/pg.sock:db.internal:5432', socket(['', '/tmp/pg.sock'], ['db.internal', '5432'])],
  ['/tmp/pg.sock:[fd00::5]:5432', socket(['', '/tmp/pg.sock'], ['fd00::5', '5432'])],
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
    `80:${'h'.repeat(254)}:80`,
    `./a.sock:${'h'.repeat(254)}:80`,
    '53/udp/udp',
    'db:/run/app.sock:80',
    '70000:/run/app.sock',
    '8080:/run/',
    `8080:/${'a'.repeat(107)}`,
    './a.sock',
    './a.sock:',
    './:80',
    './a.sock:70000',
    './a.sock:80/udp',
    './a.sock:./b.sock',
    './a.sock:80-81',
    '8080:/run/app.sock/udp:80',
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
    '/prod/web',
    'team/web',
    'web/udp',
    '',
  ]) {
    it(`is a target when it is ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseFirstOperand(text), { kind: 'target', text });
    });
  }

  for (const text of [
    ...['70000', '70000:80', '8080:0', 'db.internal:70000'],
    ...['70000:/run/app.sock', './a.sock:70000', '70000/udp'],
  ]) {
    it(`is refused when it is ${text}, and no target of this name`, () => {
      assert.throws(() => parseFirstOperand(text), isValueError);
    });
  }
});

describe('local ends', () => {
  const sharedIn = (...texts: readonly string[]): string | undefined =>
    sharedLocalEnd(texts.flatMap((text) => parseForward(text, undefined)))?.what;

  it('may be used once each', () => {
    assert.equal(sharedIn('8080:80', '8080:db:80'), 'local port 8080');
    assert.equal(sharedIn('53/udp', '53:db:53/udp'), 'local port 53/udp');
    assert.equal(sharedIn('./a.sock:80', './a.sock:81'), 'local socket ./a.sock');
    assert.equal(sharedIn('8080:80', '8080:/run/app.sock'), 'local port 8080');
  });

  it('may be the same number for TCP and UDP, and 0 several times', () => {
    assert.equal(sharedIn('53', '53/udp', '0:80', '0:/run/a.sock', './a.sock:80'), undefined);
  });
});
