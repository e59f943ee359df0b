import type { PayloadCipher } from '../../../../local-aws/agent/channel/payload-cipher.ts';
import type { Random } from '../../../../support/random.ts';
import { mutateJson } from '../../mutations.ts';
import { sessionTypeOf, type SessionPlan } from '../plan.ts';

/** Far more than a request may have. */
const TOO_MANY_ACTIONS = 40;

function action(type: string, parameters: object): object {
  return { ActionType: type, ActionParameters: parameters };
}

function toBytes(content: object, random: Random, isOdd: boolean): Buffer {
  const text = JSON.stringify(content);
  return Buffer.from(isOdd ? mutateJson(text, random) : text);
}

/** A HandshakeRequest. @param isOdd - other than those of agents */
export function request(plan: SessionPlan, random: Random, isOdd: boolean): Buffer {
  const kms = action('KMSEncryption', {
    KMSKeyId: 'alias/sessions',
    ...(random.chance(0.5) ? { Challenge: 'Y2hhbGxlbmdl' } : {}),
  });
  const actions = [
    action('SessionType', {
      SessionType: sessionTypeOf(plan.kind, random),
      Properties: plan.properties,
    }),
    ...(plan.encrypted ? [kms] : []),
    ...(isOdd ? oddActions(kms, random) : []),
  ];
  const content = { AgentVersion: plan.agentVersion, RequestedClientActions: actions };
  return toBytes(content, random, isOdd && random.chance(0.5));
}

function oddActions(kms: object, random: Random): readonly object[] {
  return random.pick<readonly object[]>([
    [],
    [kms],
    [kms, kms],
    [action('Dance\u001b[31m', {})],
    [action('SessionType', { SessionType: 'toString' })],
    [action('SessionType', { SessionType: 'Port', Properties: { type: 7 } })],
    Array.from({ length: TOO_MANY_ACTIONS }, () => kms),
  ]);
}

/** A HandshakeComplete. */
export function completion(random: Random, isOdd: boolean): Buffer {
  const message = random.pick([
    '',
    '',
    'This session is recorded.',
    'a\u001b]0;title\u0007b\u202e',
  ]);
  const content = { HandshakeTimeToComplete: 123_456, CustomerMessage: message };
  return toBytes(content, random, isOdd);
}

/** An EncryptionChallengeRequest. */
export function challenge(cipher: PayloadCipher, random: Random, isOdd: boolean): Buffer {
  const sealed = cipher.encrypt(random.bytes(32)).toString('base64');
  return toBytes({ Challenge: sealed }, random, isOdd);
}
