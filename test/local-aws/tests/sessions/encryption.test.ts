import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { beforeEach, describe, it } from 'node:test';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import type { AgentEncryption, LocalAws, LocalSession } from '../../local-aws.ts';
import type { RawClient } from '../support/raw-client.ts';
import { startForEachTest } from '../support/target-and-client.ts';

const TARGET = 'i-0123456789abcdef0';
const CIPHER_TEXT = Buffer.from('the data key, encrypted by KMS');
const DATA_KEY = randomBytes(64);

// The client's half: it decrypts with the first 32 bytes and encrypts with the last 32.
function decrypt(sealed: Buffer): Buffer {
  const decipher = createDecipheriv(
    'aes-256-gcm',
    DATA_KEY.subarray(0, 32),
    sealed.subarray(0, 12),
  );
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}

function encrypt(plain: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', DATA_KEY.subarray(32), nonce);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

describe('an encrypted session of the local target', () => {
  let aws: LocalAws;
  let client: RawClient;
  let contexts: Readonly<Record<string, string>>[];

  startForEachTest((started) => ({ aws, client } = started));
  beforeEach(() => {
    contexts = [];
  });

  const encryption = (challenge?: string): AgentEncryption => ({
    kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/local',
    ...(challenge === undefined ? {} : { challenge }),
    decryptDataKey(cipherText, context) {
      contexts.push(context);
      if (!cipherText.equals(CIPHER_TEXT)) throw new Error('InvalidCiphertextException');
      return Promise.resolve(DATA_KEY);
    },
  });
  const start = async (with_: AgentEncryption): Promise<LocalSession> => {
    const response = await aws.startSession({ Target: TARGET }, { agent: { encryption: with_ } });
    await client.connect(response);
    await client.until('the handshake request', () => client.stream.length === 1);
    return aws.session(response.SessionId);
  };
  const respond = (result: object): number =>
    client.send(
      PayloadType.HandshakeResponse,
      JSON.stringify({
        ClientVersion: '1.3.0.0',
        ProcessedClientActions: [
          { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
          { ActionType: 'KMSEncryption', ActionStatus: 1, ActionResult: result, Error: '' },
        ],
        Errors: null,
      }),
    );
  const keyOf = (cipherText: Buffer): object => ({
    KMSCipherTextKey: cipherText.toString('base64'),
    KMSCipherTextHash: '',
  });
  const challengeOf = async (): Promise<Buffer> => {
    await client.until('the challenge', () => client.stream.length === 2);
    const [, request] = client.stream;
    assert.equal(request?.payloadType, PayloadType.EncryptionChallengeRequest);
    const { Challenge } = JSON.parse(request.payload.toString()) as { Challenge: string };
    return decrypt(Buffer.from(Challenge, 'base64'));
  };
  const answerChallenge = (plain: Buffer): number =>
    client.send(
      PayloadType.EncryptionChallengeResponse,
      JSON.stringify({ Challenge: encrypt(plain).toString('base64') }),
    );
  const plainOutput = (): string =>
    client.stream
      .filter((message) => message.payloadType === PayloadType.Output)
      .map((message) => decrypt(message.payload).toString())
      .join('');

  it('asks for the key, checks that the client has it, and encrypts both ways', async () => {
    const session = await start(encryption());
    const request = JSON.parse(client.stream[0]?.payload.toString() ?? '') as {
      RequestedClientActions: { ActionType: string; ActionParameters: object }[];
    };
    assert.deepEqual(request.RequestedClientActions, [
      {
        ActionType: 'SessionType',
        ActionParameters: { SessionType: 'Standard_Stream', Properties: null },
      },
      {
        ActionType: 'KMSEncryption',
        ActionParameters: { KMSKeyId: 'arn:aws:kms:us-east-1:123456789012:key/local' },
      },
    ]);
    respond(keyOf(CIPHER_TEXT));
    answerChallenge(await challengeOf());
    await client.until('the prompt', () => plainOutput() === '$ ');
    const complete = client.stream[2];
    assert.equal(complete?.payloadType, PayloadType.HandshakeComplete);
    assert.match(complete.payload.toString(), /This session is encrypted using AWS KMS\./);
    client.resize(100, 30);
    client.send(PayloadType.Output, encrypt(Buffer.from('stty size\r')));
    await client.until('the size', () => plainOutput().includes('30 100\r\n'));
    assert.deepEqual(contexts, [
      { 'aws:ssm:SessionId': session.sessionId, 'aws:ssm:TargetId': TARGET },
    ]);
  });

  it('puts its challenge into the context when the client has acknowledged it', async () => {
    const session = await start(encryption('cmFuZG9t'));
    respond({ ...keyOf(CIPHER_TEXT), ChallengeAcknowledgement: true });
    await challengeOf();
    assert.deepEqual(contexts, [
      {
        'aws:ssm:SessionId': session.sessionId,
        'aws:ssm:TargetId': TARGET,
        'aws:ssm:RandomChallenge': 'cmFuZG9t',
      },
    ]);
  });

  it('leaves its challenge out when the client does not support it', async () => {
    await start(encryption('cmFuZG9t'));
    respond(keyOf(CIPHER_TEXT));
    await challengeOf();
    assert.ok(!('aws:ssm:RandomChallenge' in (contexts[0] ?? {})));
  });

  it('ends the session when KMS does not decrypt the key', async () => {
    const session = await start(encryption());
    respond(keyOf(Buffer.from('something else')));
    const end = await session.closed;
    assert.equal(end.by, 'handshake');
    assert.match(end.output, /Fetching data key failed: .*InvalidCiphertextException/);
  });

  it('ends the session when the challenge comes back changed', async () => {
    const session = await start(encryption());
    respond(keyOf(CIPHER_TEXT));
    answerChallenge(Buffer.concat([await challengeOf(), Buffer.from('!')]));
    assert.equal((await session.closed).output, 'Encryption challenge does not match.');
  });

  it('ends the session when the challenge comes back under another key', async () => {
    const session = await start(encryption());
    respond(keyOf(CIPHER_TEXT));
    await challengeOf();
    client.send(
      PayloadType.EncryptionChallengeResponse,
      JSON.stringify({ Challenge: randomBytes(92).toString('base64') }),
    );
    assert.equal((await session.closed).output, 'Encryption challenge could not be decrypted.');
  });

  it('never encrypts a port session', async () => {
    const response = await aws.startSession(
      {
        Target: TARGET,
        DocumentName: 'AWS-StartPortForwardingSession',
        Parameters: { portNumber: ['9'] },
      },
      { agent: { encryption: encryption() } },
    );
    await client.connect(response);
    await client.until('the handshake request', () => client.stream.length === 1);
    assert.doesNotMatch(client.stream[0]?.payload.toString() ?? '', /KMSEncryption/);
  });
});
