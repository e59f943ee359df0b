import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  readSocks,
  socksReply,
  socksStateOf,
  type SocksState,
  type SocksStep,
} from '../../../src/commands/proxy/clients/socks.ts';
import { seeded } from '../../support/random.ts';

const bytes = (...values: readonly (number | string)[]): Buffer =>
  Buffer.concat(values.map((value) => Buffer.from(typeof value === 'number' ? [value] : value)));

/** Longest incomplete request: a user and a name of 255 bytes in version 4a, with their NULs, but for one byte. */
const LONGEST_INCOMPLETE = 520;
const NAME = 'db.internal';

const REQUESTS: readonly (readonly [string, SocksState, Buffer, Partial<SocksStep>])[] = [
  [
    'version 5, IPv4',
    'version-5-request',
    bytes(5, 1, 0, 1, 10, 0, 0, 5, 1, 187),
    { host: '10.0.0.5', port: 443 },
  ],
  [
    'version 5, a name',
    'version-5-request',
    bytes(5, 1, 0, 3, NAME.length, NAME, 0, 80),
    { host: NAME, port: 80 },
  ],
  [
    'version 5, IPv6',
    'version-5-request',
    bytes(5, 1, 0, 4, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 80),
    { host: 'fd00:0:0:0:0:0:0:5', port: 80 },
  ],
  [
    'version 4',
    'version-4-request',
    bytes(4, 1, 0, 80, 10, 0, 0, 5, 'me', 0),
    { host: '10.0.0.5', port: 80 },
  ],
  [
    'version 4a',
    'version-4-request',
    bytes(4, 1, 0, 80, 0, 0, 0, 1, 'me', 0, NAME, 0),
    { host: NAME, port: 80 },
  ],
  [
    'version 4a without a user',
    'version-4-request',
    bytes(4, 1, 0, 80, 0, 0, 0, 9, 0, NAME, 0),
    { host: NAME, port: 80 },
  ],
];

describe('requests of SOCKS', () => {
  it('begin with their version', () => {
    assert.equal(socksStateOf(4), 'version-4-request');
    assert.equal(socksStateOf(5), 'greeting');
    for (const other of [undefined, 0, 3, 6, 71, 255]) assert.equal(socksStateOf(other), undefined);
  });

  for (const [name, state, request, expected] of REQUESTS) {
    it(`are read in any pieces: ${name}`, () => {
      for (let length = 0; length < request.length; length++) {
        assert.deepEqual(readSocks(state, request.subarray(0, length)), { kind: 'incomplete' });
      }
      const version = state === 'version-4-request' ? 4 : 5;
      const step = { kind: 'connect', version, length: request.length, ...expected };
      assert.deepEqual(readSocks(state, request), step);
      // What follows is for the destination.
      assert.deepEqual(readSocks(state, Buffer.concat([request, Buffer.from('more')])), step);
    });
  }

  it('of version 5 offer methods, of which only that without a password is used', () => {
    const reply = bytes(5, 0);
    const next = 'version-5-request';
    assert.deepEqual(readSocks('greeting', bytes(5, 2, 0, 2)), {
      kind: 'go-on',
      length: 4,
      reply,
      next,
    });
    assert.deepEqual(readSocks('greeting', bytes(5, 2, 2, 0)), {
      kind: 'go-on',
      length: 4,
      reply,
      next,
    });
    assert.deepEqual(readSocks('greeting', bytes(5, 2, 2)), { kind: 'incomplete' });
    assert.deepEqual(readSocks('greeting', bytes(5, 1, 2)), {
      kind: 'refuse',
      reply: bytes(5, 0xff),
    });
    assert.deepEqual(readSocks('greeting', bytes(5, 0)), { kind: 'refuse', reply: bytes(5, 0xff) });
  });

  it('for anything but a connection are refused, as are unknown addresses and texts without an end', () => {
    const refused = (state: SocksState, request: Buffer): Buffer | undefined => {
      const step = readSocks(state, request);
      return step.kind === 'refuse' ? step.reply : undefined;
    };
    assert.deepEqual(
      refused('version-5-request', bytes(5, 2)),
      socksReply(5, 'command-unsupported'),
    );
    assert.deepEqual(
      refused('version-5-request', bytes(5, 3)),
      socksReply(5, 'command-unsupported'),
    );
    assert.deepEqual(
      refused('version-5-request', bytes(5, 1, 0, 2, 0)),
      socksReply(5, 'address-unsupported'),
    );
    assert.deepEqual(refused('version-5-request', bytes(4, 1)), socksReply(5, 'failed'));
    assert.deepEqual(
      refused('version-4-request', bytes(4, 2)),
      socksReply(4, 'command-unsupported'),
    );
    const endless = bytes(4, 1, 0, 80, 10, 0, 0, 5, 'x'.repeat(256));
    assert.deepEqual(refused('version-4-request', endless), socksReply(4, 'failed'));
    const endlessName = bytes(4, 1, 0, 80, 0, 0, 0, 5, 0, 'x'.repeat(256));
    assert.deepEqual(refused('version-4-request', endlessName), socksReply(4, 'failed'));
  });

  it('of random bytes are refused or complete within a few hundred bytes', () =>
    seeded((random) => {
      for (let i = 0; i < 2_000; i++) {
        const request = random.bytes(LONGEST_INCOMPLETE + 1);
        for (const state of ['greeting', 'version-5-request', 'version-4-request'] as const) {
          const step = readSocks(state, request);
          assert.notEqual(step.kind, 'incomplete');
          if (step.kind === 'connect') assert.ok(step.length <= request.length);
        }
      }
    }));

  it('get the replies of their version', () => {
    assert.equal(socksReply(5, 'granted').toString('hex'), '05000001000000000000');
    assert.equal(socksReply(5, 'unreachable').toString('hex'), '05040001000000000000');
    assert.equal(socksReply(5, 'refused').toString('hex'), '05050001000000000000');
    assert.equal(socksReply(5, 'timeout').toString('hex'), '05060001000000000000');
    assert.equal(socksReply(4, 'granted').toString('hex'), '005a000000000000');
    assert.equal(socksReply(4, 'denied').toString('hex'), '005b000000000000');
  });
});
