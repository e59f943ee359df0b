import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  encodeHandshakeResponse,
  parseHandshakeComplete,
  parseHandshakeRequest,
  type HandshakeAction,
} from '../../src/protocol/handshake.ts';
import { ProtocolError } from '../../src/protocol/protocol-error.ts';
import { recordedFrames, type RecordedFrame } from './support/recorded-frames.ts';

const HANDSHAKE_REQUEST = 5;
const HANDSHAKE_RESPONSE = 6;
const HANDSHAKE_COMPLETE = 7;

function recordedPayload(session: string, payloadType: number): Buffer {
  const isIt = (frame: RecordedFrame): boolean =>
    frame.session === session &&
    frame.payloadType === payloadType &&
    frame.messageType !== 'acknowledge';
  return Buffer.from(recordedFrames.find(isIt)?.payload ?? '');
}

function isMalformed(error: unknown): boolean {
  return error instanceof ProtocolError && error.reason === 'payload-malformed';
}

const SESSION_TYPE: HandshakeAction = {
  kind: 'session-type',
  sessionType: 'Standard_Stream',
  properties: {},
};
const KMS: HandshakeAction = { kind: 'kms-encryption', kmsKeyId: 'key', challenge: undefined };

describe('a handshake request', () => {
  it('names the kind of session, recorded: a command', () => {
    const request = recordedPayload('non-interactive, separate output', HANDSHAKE_REQUEST);
    assert.deepEqual(parseHandshakeRequest(request), {
      agentVersion: '3.3.0.0',
      actions: [{ kind: 'session-type', sessionType: 'NonInteractiveCommands', properties: {} }],
    });
  });

  it('has the properties of the session, recorded: a port', () => {
    const request = recordedPayload('port, multiplexed, two connections', HANDSHAKE_REQUEST);
    assert.deepEqual(parseHandshakeRequest(request).actions, [
      {
        kind: 'session-type',
        sessionType: 'Port',
        properties: { localPortNumber: '0', portNumber: '39495', type: 'LocalPortForwarding' },
      },
    ]);
  });

  it('requests encryption, recorded: a shell with a KMS key', () => {
    const request = recordedPayload('shell with KMS handshake', HANDSHAKE_REQUEST);
    assert.deepEqual(parseHandshakeRequest(request).actions[1], {
      kind: 'kms-encryption',
      kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/lab',
      challenge: '6uJ8kr8T4r5vkmAds/6SQg==',
    });
  });

  it('of an older agent requests encryption without a challenge', () => {
    const request = parseHandshakeRequest(
      Buffer.from(
        '{"AgentVersion":"3.1.0.0","RequestedClientActions":[' +
          '{"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"key"}}]}',
      ),
    );
    assert.deepEqual(request.actions, [KMS]);
  });

  it('may request an action that this client does not know', () => {
    const request = parseHandshakeRequest(
      Buffer.from('{"AgentVersion":"4","RequestedClientActions":[{"ActionType":"Later"}]}'),
    );
    assert.deepEqual(request.actions, [{ kind: 'unknown', actionType: 'Later' }]);
  });

  it('may omit members that it does not use, or set them to null', () => {
    for (const text of ['{}', '{"AgentVersion":null,"RequestedClientActions":null}']) {
      const request = parseHandshakeRequest(Buffer.from(text));
      assert.deepEqual(request, { agentVersion: '', actions: [] });
    }
  });

  for (const text of [
    '',
    '{',
    '[]',
    'null',
    '7',
    '{"RequestedClientActions":{}}',
    '{"RequestedClientActions":"SessionType"}',
    '{"RequestedClientActions":[null]}',
    '{"RequestedClientActions":["SessionType"]}',
  ]) {
    it(`is refused when it is ${text === '' ? 'empty' : text}`, () => {
      assert.throws(() => parseHandshakeRequest(Buffer.from(text)), isMalformed);
    });
  }
});

describe('a handshake response', () => {
  it('is byte for byte what the public client sent, recorded', () => {
    for (const session of [
      'non-interactive, separate output',
      'port, multiplexed, two connections',
    ]) {
      const { actions } = parseHandshakeRequest(recordedPayload(session, HANDSHAKE_REQUEST));
      assert.equal(
        encodeHandshakeResponse('1.2.707.0', actions, [{ status: 'success' }]).toString(),
        recordedPayload(session, HANDSHAKE_RESPONSE).toString(),
      );
    }
  });

  it('reports success for a session type, and for encryption the result of KMS', () => {
    const response = encodeHandshakeResponse(
      '1.3.0.0',
      [SESSION_TYPE, KMS],
      [
        { status: 'success' },
        {
          status: 'success',
          result: {
            KMSCipherTextKey: 'AQID',
            KMSCipherTextHash: '',
            ChallengeAcknowledgement: true,
          },
        },
      ],
    );
    assert.equal(
      response.toString(),
      '{"ClientVersion":"1.3.0.0","ProcessedClientActions":[' +
        '{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""},' +
        '{"ActionType":"KMSEncryption","ActionStatus":1,"ActionResult":' +
        '{"KMSCipherTextKey":"AQID","KMSCipherTextHash":"","ChallengeAcknowledgement":true},"Error":""}],' +
        '"Errors":null}',
    );
  });

  it('repeats the error of a failed action', () => {
    const response = encodeHandshakeResponse(
      '1.3.0.0',
      [SESSION_TYPE, KMS],
      [{ status: 'success' }, { status: 'failed', error: 'no "key"' }],
    );
    assert.equal(
      response.toString(),
      '{"ClientVersion":"1.3.0.0","ProcessedClientActions":[' +
        '{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""},' +
        '{"ActionType":"KMSEncryption","ActionStatus":2,"ActionResult":null,"Error":"no \\"key\\""}],' +
        '"Errors":["no \\"key\\""]}',
    );
  });

  it('reports an unknown action as unsupported, with the name from the agent', () => {
    const response = encodeHandshakeResponse(
      '1.3.0.0',
      [{ kind: 'unknown', actionType: 'Later' }],
      [{ status: 'unsupported', error: 'Unsupported action Later' }],
    );
    assert.equal(
      response.toString(),
      '{"ClientVersion":"1.3.0.0","ProcessedClientActions":[' +
        '{"ActionType":"Later","ActionStatus":3,"ActionResult":null,"Error":"Unsupported action Later"}],' +
        '"Errors":["Unsupported action Later"]}',
    );
  });
});

describe('a handshake completion', () => {
  it('may have a message for the user, recorded', () => {
    assert.deepEqual(
      parseHandshakeComplete(recordedPayload('shell with KMS handshake', HANDSHAKE_COMPLETE)),
      { customerMessage: 'This session is encrypted using AWS KMS.' },
    );
  });

  it('may have none', () => {
    const recorded = recordedPayload('port, multiplexed, two connections', HANDSHAKE_COMPLETE);
    for (const payload of [recorded, Buffer.from('{}'), Buffer.from('{"CustomerMessage":null}')]) {
      assert.deepEqual(parseHandshakeComplete(payload), { customerMessage: '' });
    }
  });

  it('is refused when it is not a JSON object', () => {
    for (const text of ['', '"text"', '[]', '{"CustomerMessage":']) {
      assert.throws(() => parseHandshakeComplete(Buffer.from(text)), isMalformed);
    }
  });
});
