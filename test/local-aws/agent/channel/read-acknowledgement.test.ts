import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtocolError } from '../../../../src/protocol/protocol-error.ts';
import { readAcknowledgement } from './read-acknowledgement.ts';

const ID = '906430ae-1173-4a21-9b42-85c06327df30';

describe('reading an acknowledgement', () => {
  const usual = (number: string, type = 'output_stream_data'): Buffer =>
    Buffer.from(
      `{"AcknowledgedMessageType":"${type}","AcknowledgedMessageId":"${ID}","AcknowledgedMessageSequenceNumber":${number},"IsSequentialMessage":true}`,
    );

  it('finds the number in the usual form', () => {
    assert.equal(readAcknowledgement(usual('0')), 0);
    assert.equal(readAcknowledgement(usual('99999')), 99_999);
    assert.equal(readAcknowledgement(usual('123456789012345')), 123_456_789_012_345);
  });

  it('finds the number in any other form of JSON', () => {
    const other = {
      IsSequentialMessage: true,
      AcknowledgedMessageSequenceNumber: 42,
      AcknowledgedMessageType: 'output_stream_data',
    };
    assert.equal(readAcknowledgement(Buffer.from(JSON.stringify(other, null, 2))), 42);
  });

  it('recognizes that another message is acknowledged', () => {
    assert.equal(readAcknowledgement(usual('1', 'input_stream_data')), undefined);
  });

  for (const bad of ['', '{}', '[]', '{"AcknowledgedMessageSequenceNumber":"1"}']) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      assert.throws(() => readAcknowledgement(Buffer.from(bad)), ProtocolError);
    });
  }
  for (const number of ['', '-1x', '1e400', '9'.repeat(30)]) {
    it(`refuses the number ${JSON.stringify(number)}`, () => {
      assert.throws(() => readAcknowledgement(usual(number)), ProtocolError);
    });
  }
});
