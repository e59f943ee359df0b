import { sessionFailures } from '../../failures/session.ts';
import { messageOf } from '../../lib/errors/failure.ts';
import { failureOf } from '../../lib/errors/program-error.ts';
import type { SessionFailure } from '../ending.ts';
import type {
  HandshakeAction,
  HandshakeRequest,
  HandshakeResult,
} from '../../protocol/handshake.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createPayloadCipher, type PayloadCipher } from './payload-cipher.ts';
import type { SessionService } from '../session-service.ts';

/** Kinds of session an agent may ask for (docs/design/protocol.md#session-types). */
export type SessionKind =
  { readonly kind: 'shell' } | { readonly kind: 'port'; readonly properties: JsonObject };

/** The result of a handshake request. */
export interface HandshakeOutcome {
  /** One for each action, in order. */
  readonly results: readonly HandshakeResult[];
  readonly session: SessionKind;
  /** Encrypts the session from now on, when the agent asked for it. */
  readonly cipher: PayloadCipher | undefined;
  /** Why the session cannot continue; the agent ends it once it reads the results. */
  readonly failure: SessionFailure | undefined;
}

/** What answering a handshake works with. */
export interface HandshakeOptions {
  readonly service: SessionService;
  readonly fillRandom: (buffer: Buffer) => void;
  /** Why encryption is not possible for this caller; undefined when it is. */
  readonly encryptionRefusal: SessionFailure | undefined;
}

type ActionOutcome = Partial<Omit<HandshakeOutcome, 'results'>> & {
  readonly result: HandshakeResult;
};

/** The agent reads the message. */
function failed(failure: SessionFailure): ActionOutcome {
  return { result: { status: 'failed', error: messageOf(failure) }, failure };
}

/** Does what the agent asks for. Never rejects: a failed action is part of the answer. */
export async function processHandshake(
  request: HandshakeRequest,
  options: HandshakeOptions,
): Promise<HandshakeOutcome> {
  const results: HandshakeResult[] = [];
  let outcome: HandshakeOutcome = {
    results,
    session: { kind: 'shell' },
    cipher: undefined,
    failure: undefined,
  };
  for (const action of request.actions) {
    const { result, ...changes } = await processAction(action, options);
    results.push(result);
    outcome = { ...outcome, ...changes };
  }
  return outcome;
}

async function processAction(
  action: HandshakeAction,
  options: HandshakeOptions,
): Promise<ActionOutcome> {
  switch (action.kind) {
    case 'session-type':
      return chooseSession(action.sessionType, action.properties);
    case 'kms-encryption':
      return encrypt(action, options);
    case 'unknown': {
      const failure = sessionFailures['agent-request-unknown'](`the action ${action.actionType}`);
      return { result: { status: 'unsupported', error: messageOf(failure) }, failure };
    }
  }
}

function chooseSession(sessionType: string, properties: JsonObject): ActionOutcome {
  switch (sessionType) {
    case 'Standard_Stream':
    case 'InteractiveCommands':
    case 'NonInteractiveCommands':
      return { result: { status: 'success' }, session: { kind: 'shell' } };
    case 'Port':
      return { result: { status: 'success' }, session: { kind: 'port', properties } };
    default:
      return failed(sessionFailures['agent-request-unknown'](`the session type ${sessionType}`));
  }
}

async function encrypt(
  action: Extract<HandshakeAction, { kind: 'kms-encryption' }>,
  options: HandshakeOptions,
): Promise<ActionOutcome> {
  if (options.encryptionRefusal !== undefined) {
    return failed(options.encryptionRefusal);
  }
  try {
    const { kmsKeyId, challenge } = action;
    const dataKey = await options.service.generateDataKey({ kmsKeyId, challenge });
    return {
      result: {
        status: 'success',
        result: {
          KMSCipherTextKey: dataKey.cipherTextBlob.toString('base64'),
          KMSCipherTextHash: '',
          ...(challenge === undefined ? {} : { ChallengeAcknowledgement: true }),
        },
      },
      cipher: createPayloadCipher(dataKey.plaintext, options.fillRandom),
    };
  } catch (error) {
    return failed(failureOf(error));
  }
}
