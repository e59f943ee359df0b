import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { PayloadType } from '../../src/protocol/payload-type.ts';
import { handshake, sentJson, sessionType } from './handshake-payloads.ts';
import { joinSession } from './joined-session.ts';
import { settle } from './scripted-sockets.ts';
import { STARTING } from './session-options.ts';

describe('a session that is to be encrypted', () => {
  it('encrypts with the second half of the data key and decrypts with the first', async () => {
    const plaintext = randomBytes(64);
    const asked: unknown[] = [];
    const { agent, stdout, stdin } = await joinSession({
      service: {
        generateDataKey: (request) => {
          asked.push(request);
          return Promise.resolve({ cipherTextBlob: Buffer.from('blob'), plaintext });
        },
      },
    });
    agent.send(
      PayloadType.HandshakeRequest,
      handshake(sessionType('Standard_Stream'), {
        ActionType: 'KMSEncryption',
        ActionParameters: { KMSKeyId: 'key', Challenge: 'Y2hhbGxlbmdl' },
      }),
    );
    await settle();
    assert.deepEqual(asked, [{ kmsKeyId: 'key', challenge: 'Y2hhbGxlbmdl' }]);
    const [response] = sentJson(agent, PayloadType.HandshakeResponse) as {
      ProcessedClientActions: { ActionResult: unknown }[];
    }[];
    assert.deepEqual(response?.ProcessedClientActions[1]?.ActionResult, {
      KMSCipherTextKey: Buffer.from('blob').toString('base64'),
      KMSCipherTextHash: '',
      ChallengeAcknowledgement: true,
    });
    const seal = (text: string): Buffer => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', plaintext.subarray(0, 32), nonce);
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    };
    const open = (sealed: Buffer): string => {
      const key = plaintext.subarray(32);
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(-16));
      return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
    };
    agent.send(PayloadType.EncryptionChallengeRequest, {
      Challenge: seal('prove it').toString('base64'),
    });
    const [answer] = sentJson(agent, PayloadType.EncryptionChallengeResponse) as {
      Challenge: string;
    }[];
    assert.equal(open(Buffer.from(answer?.Challenge ?? '', 'base64')), 'prove it');
    agent.send(PayloadType.HandshakeComplete, { HandshakeTimeToComplete: 1 });
    agent.send(PayloadType.Output, seal('secret output'));
    agent.send(PayloadType.Output, Buffer.from('not encrypted at all, nor with this key'));
    agent.send(PayloadType.Output, seal(' and more'));
    stdin.write('typed');
    await settle();
    assert.equal(stdout(), `${STARTING}secret output and more`);
    const [typed] = agent
      .received()
      .filter((message) => message.payloadType === PayloadType.Output);
    assert.equal(open(typed?.payload ?? Buffer.alloc(0)), 'typed');
  });

  for (const [when, options, reason] of [
    ['the data key cannot be had', {}, 'access denied to key k'],
    [
      'its caller cannot encrypt',
      { encryptionRefusal: 'upgrade the AWS CLI' },
      'upgrade the AWS CLI',
    ],
  ] as const) {
    it(`fails when ${when}, and says why`, async () => {
      const { agent, stdout, exitCode } = await joinSession(options);
      agent.send(
        PayloadType.HandshakeRequest,
        handshake({ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'k' } }),
      );
      await settle();
      agent.received();
      assert.equal(await exitCode, 1);
      assert.ok(stdout().includes(`Cannot perform start session: ${reason}\n`), stdout());
    });
  }
});
