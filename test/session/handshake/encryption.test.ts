import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { handshake, sentJson, sessionType } from '../support/handshake-payloads.ts';
import { joinSession, type JoinedSession } from '../support/joined-session.ts';
import { settle } from '../connection/scripted-sockets.ts';
import { STARTING } from '../support/session-options.ts';
import { testFailure } from '../../support/test-failure.ts';

/** A session that asks for encryption, and the agent's and the client's half of its data key. */
async function joinEncrypted(): Promise<
  JoinedSession & { readonly seal: (text: string) => Buffer; readonly open: (b: Buffer) => string }
> {
  const plaintext = randomBytes(64);
  const session = await joinSession({
    service: {
      generateDataKey: () => Promise.resolve({ cipherTextBlob: Buffer.from('blob'), plaintext }),
    },
  });
  session.agent.send(
    PayloadType.HandshakeRequest,
    handshake(sessionType('Standard_Stream'), {
      ActionType: 'KMSEncryption',
      ActionParameters: { KMSKeyId: 'key' },
    }),
  );
  return {
    ...session,
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', plaintext.subarray(0, 32), nonce);
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed) {
      const key = plaintext.subarray(32);
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(-16));
      return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

function challenge(sealed: Buffer): object {
  return { Challenge: sealed.toString('base64') };
}

describe('a gateway without the data key', () => {
  const { EncryptionChallengeRequest, HandshakeComplete, Output } = PayloadType;

  it('has one challenge answered, in the handshake', async () => {
    const { agent, seal, open } = await joinEncrypted();
    await settle();
    agent.send(EncryptionChallengeRequest, challenge(seal('first')));
    agent.send(EncryptionChallengeRequest, challenge(seal('second')));
    agent.send(HandshakeComplete, {});
    agent.send(EncryptionChallengeRequest, challenge(seal('rm -rf recorded output')));
    const answers = sentJson(agent, PayloadType.EncryptionChallengeResponse) as {
      Challenge: string;
    }[];
    assert.deepEqual(
      answers.map((answer) => open(Buffer.from(answer.Challenge, 'base64'))),
      ['first'],
    );
  });

  it('has none answered after a challenge that does not decrypt, nor after the handshake', async () => {
    for (const before of [[], [EncryptionChallengeRequest]]) {
      const { agent, seal } = await joinEncrypted();
      await settle();
      for (const type of before) agent.send(type, challenge(Buffer.alloc(64)));
      if (before.length === 0) agent.send(HandshakeComplete, {});
      agent.send(EncryptionChallengeRequest, challenge(seal('recorded')));
      assert.deepEqual(sentJson(agent, PayloadType.EncryptionChallengeResponse), []);
    }
  });

  it('cannot complete the handshake before the data key is there, and have keys in plain text', async () => {
    const { agent, stdin, stdout, seal, open } = await joinEncrypted();
    agent.send(HandshakeComplete, { CustomerMessage: 'too early' });
    await settle();
    stdin.write('secret');
    await settle();
    assert.equal(agent.typed(), '');
    agent.send(EncryptionChallengeRequest, challenge(seal('prove it')));
    agent.send(HandshakeComplete, {});
    await settle();
    assert.equal(stdout(), STARTING);
    const [typed] = agent.received().filter((message) => message.payloadType === Output);
    assert.equal(open(typed?.payload ?? Buffer.alloc(0)), 'secret');
  });

  for (const name of ['Output', 'StdErr', 'ExitCode', 'Error'] as const) {
    it(`has no ${name} of its own taken, and the agent's is`, async () => {
      const { agent, stdout, stderr, seal } = await joinEncrypted();
      await settle();
      agent.send(HandshakeComplete, {});
      const forged = name === 'ExitCode' ? 'EXIT_CODE: 3' : 'forged, and long enough for a tag';
      agent.send(PayloadType[name], forged);
      agent.send(PayloadType[name], `${forged}${'x'.repeat(64)}`);
      await settle();
      assert.equal(stdout() + stderr(), STARTING);
      agent.send(PayloadType[name], seal(name === 'ExitCode' ? 'EXIT_CODE: 4' : 'genuine'));
      await settle();
      assert.ok(/EXIT_CODE: 4|genuine/.test(stdout() + stderr()));
    });
  }
});

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
      { encryptionRefusal: testFailure('session', 'upgrade the AWS CLI') },
      'upgrade the AWS CLI',
    ],
  ] as const) {
    it(`fails when ${when}, and reports why`, async () => {
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
