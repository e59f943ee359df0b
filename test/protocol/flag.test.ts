import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Flag, decodeFlag, encodeFlag } from '../../src/protocol/flag.ts';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';

describe('a flag', () => {
  it('is encoded as four bytes, big-endian', () => {
    assert.deepEqual(encodeFlag(Flag.DisconnectToPort), Buffer.from([0, 0, 0, 1]));
    assert.deepEqual(encodeFlag(Flag.TerminateSession), Buffer.from([0, 0, 0, 2]));
  });

  it('is read from its first four bytes', () => {
    assert.equal(decodeFlag(Buffer.from([0, 0, 0, 3])), Flag.ConnectToPortError);
    assert.equal(decodeFlag(Buffer.from([0, 0, 0, 3, 9])), Flag.ConnectToPortError);
  });

  it('may be unknown to this client', () => {
    assert.equal(decodeFlag(Buffer.from([0xff, 0, 0, 0])), 0xff00_0000);
  });

  it('is refused when it is too short', () => {
    for (const length of [0, 1, 3]) {
      assert.throws(
        () => decodeFlag(Buffer.alloc(length)),
        (error) => error instanceof ProtocolError && error.reason === 'payload-malformed',
      );
    }
  });
});
