import type { OutgoingMessage } from '../../channel/outgoing-message.ts';
import { stringMember } from '../../lib/json.ts';
import { parseJsonPayload } from '../../protocol/json-payload.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import type { PayloadCipher } from './payload-cipher.ts';

/** @returns the message to send: an encrypted session encrypts input, and nothing else */
export function encryptMessage(message: OutgoingMessage, cipher: PayloadCipher): OutgoingMessage {
  if (message.payloadType !== PayloadType.Output) return message;
  return { payloadType: message.payloadType, payload: cipher.encrypt(message.payload) };
}

/**
 * Decrypts a payload that becomes output or status. Such a payload must be encrypted with the data key.
 * Agents never send an Error (`SendStreamDataMessage` of their `datachannel.go` has no caller for it),
 * so one in plain text is forged.
 *
 * @throws ProtocolError `payload-malformed` when it was not encrypted with this key
 */
export function decryptPayload(
  payloadType: number,
  payload: Buffer,
  cipher: PayloadCipher,
): Buffer {
  switch (payloadType) {
    case PayloadType.Output:
    case PayloadType.StdErr:
    case PayloadType.ExitCode:
    case PayloadType.Error:
      return cipher.decrypt(payload);
    default:
      return payload;
  }
}

/**
 * @param payload - the agent's challenge, which it has encrypted
 * @returns the answer: the challenge, encrypted by this side (docs/design/protocol.md#encryption)
 * @throws ProtocolError when the challenge is malformed or was not encrypted with this key
 */
export function answerChallenge(payload: Buffer, cipher: PayloadCipher): OutgoingMessage {
  const challenge = stringMember(parseJsonPayload(payload, 'challenge'), 'Challenge');
  const plain = cipher.decrypt(Buffer.from(challenge, 'base64'));
  const encrypted = cipher.encrypt(plain).toString('base64');
  return {
    payloadType: PayloadType.EncryptionChallengeResponse,
    payload: Buffer.from(JSON.stringify({ Challenge: encrypted })),
  };
}
