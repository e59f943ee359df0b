import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../../src/lib/clock.ts';
import { isJsonObject, stringMember } from '../../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../../src/protocol/json-payload.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import type { SessionPlan } from '../../session/session-request.ts';
import type { AgentEncryption } from '../agent-options.ts';
import { createAgentCipher, type PayloadCipher } from './payload-cipher.ts';

const SUCCESS = 1;
const CHALLENGE_BYTES = 64;
const NANOSECONDS_PER_MILLISECOND = 1e6;
const ENCRYPTED_MESSAGE = 'This session is encrypted using AWS KMS.';

/** What an {@link AgentHandshake} works with. */
export interface AgentHandshakeOptions {
  readonly sessionId: string;
  readonly target: string;
  readonly agentVersion: string;
  readonly plan: SessionPlan;
  readonly encryption: AgentEncryption | undefined;
  readonly furtherActions: readonly JsonObject[];
  readonly customerMessage: string | undefined;
  /** Milliseconds for each answer. */
  readonly timeout: number;
  readonly clock: Clock;
  send(payloadType: PayloadType, payload: Buffer): void;
  /** HandshakeComplete has just been sent. */
  completed(clientVersion: string, cipher: PayloadCipher | undefined): void;
  /** The agent ends the session for this reason. */
  failed(reason: string): void;
}

/** The agent's side of the handshake (docs/design/protocol.md#handshake). */
export interface AgentHandshake {
  /** @returns whether the payload belongs to the handshake; ignore others */
  receive(payloadType: number, payload: Buffer): boolean;
  close(): void;
}

type Step =
  | { readonly kind: 'response' }
  | { readonly kind: 'data-key' }
  | { readonly kind: 'challenge'; readonly plain: Buffer; readonly cipher: PayloadCipher }
  | { readonly kind: 'done' };

/** Where the agent uses a handshake at all. */
export function hasHandshake(plan: SessionPlan, encryption: AgentEncryption | undefined): boolean {
  switch (plan.kind) {
    case 'shell':
      return encryption !== undefined;
    case 'command':
    case 'port':
      return true;
  }
}

/** Sends the HandshakeRequest and sees the handshake through. */
export function startHandshake(options: AgentHandshakeOptions): AgentHandshake {
  const { plan, clock } = options;
  // Agents never ask for encryption in a port session.
  const encryption = plan.kind === 'port' ? undefined : options.encryption;
  const started = clock.monotonic();
  let step: Step = { kind: 'response' };
  let clientVersion = '';

  const fail = (reason: string): void => {
    step = { kind: 'done' };
    timer.cancel();
    options.failed(reason);
  };
  const waitForAnswer = (): { cancel(): void } =>
    clock.after(options.timeout, () =>
      fail(
        'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.',
      ),
    );
  const sendJson = (payloadType: PayloadType, content: JsonObject): void =>
    options.send(payloadType, Buffer.from(JSON.stringify(content)));
  const complete = (cipher: PayloadCipher | undefined): void => {
    step = { kind: 'done' };
    timer.cancel();
    const message = cipher === undefined ? '' : ENCRYPTED_MESSAGE;
    sendJson(PayloadType.HandshakeComplete, {
      HandshakeTimeToComplete: Math.round(
        (clock.monotonic() - started) * NANOSECONDS_PER_MILLISECOND,
      ),
      CustomerMessage: options.customerMessage ?? message,
    });
    options.completed(clientVersion, cipher);
  };

  const sendChallenge = (dataKey: Buffer): void => {
    const cipher = createAgentCipher(dataKey);
    const plain = randomBytes(CHALLENGE_BYTES);
    step = { kind: 'challenge', plain, cipher };
    timer = waitForAnswer();
    sendJson(PayloadType.EncryptionChallengeRequest, {
      Challenge: cipher.encrypt(plain).toString('base64'),
    });
  };
  const fetchDataKey = async (wanted: AgentEncryption, result: JsonObject): Promise<void> => {
    const acknowledged = result['ChallengeAcknowledgement'] === true;
    const context = {
      'aws:ssm:SessionId': options.sessionId,
      'aws:ssm:TargetId': options.target,
      ...(wanted.challenge !== undefined && acknowledged
        ? { 'aws:ssm:RandomChallenge': wanted.challenge }
        : {}),
    };
    const cipherText = Buffer.from(stringMember(result, 'KMSCipherTextKey'), 'base64');
    try {
      const dataKey = await wanted.decryptDataKey(cipherText, context);
      if (step.kind === 'data-key') sendChallenge(dataKey);
    } catch (error) {
      if (step.kind === 'data-key') fail(`Fetching data key failed: ${String(error)}`);
    }
  };
  const response = (payload: Buffer): void => {
    const answer = readResponse(payload);
    clientVersion = answer.clientVersion;
    timer.cancel();
    if (answer.refusal !== undefined) {
      fail(answer.refusal);
    } else if (encryption === undefined) {
      complete(undefined);
    } else if (answer.encryptionResult === undefined) {
      fail('The client did not answer the encryption request.');
    } else {
      step = { kind: 'data-key' };
      void fetchDataKey(encryption, answer.encryptionResult);
    }
  };
  const challengeResponse = (payload: Buffer, plain: Buffer, cipher: PayloadCipher): void => {
    const challenge = stringMember(parseJsonPayload(payload, 'challenge response'), 'Challenge');
    let answered: Buffer;
    try {
      answered = cipher.decrypt(Buffer.from(challenge, 'base64'));
    } catch {
      fail('Encryption challenge could not be decrypted.');
      return;
    }
    if (answered.equals(plain)) complete(cipher);
    else fail('Encryption challenge does not match.');
  };

  let timer = waitForAnswer();
  sendJson(PayloadType.HandshakeRequest, {
    AgentVersion: options.agentVersion,
    RequestedClientActions: requestedActions(plan, encryption, options.furtherActions),
  });
  return {
    receive(payloadType, payload) {
      if (payloadType === PayloadType.HandshakeResponse && step.kind === 'response') {
        response(payload);
        return true;
      }
      if (payloadType === PayloadType.EncryptionChallengeResponse && step.kind === 'challenge') {
        challengeResponse(payload, step.plain, step.cipher);
        return true;
      }
      return false;
    },
    close() {
      step = { kind: 'done' };
      timer.cancel();
    },
  };
}

function requestedActions(
  plan: SessionPlan,
  encryption: AgentEncryption | undefined,
  further: readonly JsonObject[],
): readonly JsonObject[] {
  const properties = plan.kind === 'port' ? plan.properties : null;
  const sessionType = {
    ActionType: 'SessionType',
    ActionParameters: { SessionType: plan.sessionType, Properties: properties },
  };
  if (encryption === undefined) return [sessionType, ...further];
  const { kmsKeyId, challenge } = encryption;
  const kms = {
    ActionType: 'KMSEncryption',
    ActionParameters: {
      KMSKeyId: kmsKeyId,
      ...(challenge === undefined ? {} : { Challenge: challenge }),
    },
  };
  return [sessionType, kms, ...further];
}

interface Response {
  readonly clientVersion: string;
  /** Why the agent ends the session. */
  readonly refusal: string | undefined;
  readonly encryptionResult: JsonObject | undefined;
}

function readResponse(payload: Buffer): Response {
  const content = parseJsonPayload(payload, 'handshake response');
  const processed = content['ProcessedClientActions'];
  const actions = Array.isArray(processed) ? processed.filter(isJsonObject) : [];
  const failed = actions.find((action) => action['ActionStatus'] !== SUCCESS);
  const result = actions.find((action) => action['ActionType'] === 'KMSEncryption')?.[
    'ActionResult'
  ];
  return {
    clientVersion: stringMember(content, 'ClientVersion'),
    refusal:
      failed === undefined
        ? undefined
        : `${stringMember(failed, 'ActionType')} failed on client with status ${String(failed['ActionStatus'])} error: ${stringMember(failed, 'Error')}`,
    encryptionResult: isJsonObject(result) ? result : undefined,
  };
}
