import { isJsonObject, stringMember, type JsonObject } from '../lib/json.ts';
import { parseJsonPayload } from './json-payload.ts';
import { ProtocolError } from './protocol-error.ts';

/** An action that the agent requests before the session starts. */
export type HandshakeAction =
  | {
      readonly kind: 'session-type';
      /** `Standard_Stream`, `InteractiveCommands`, `NonInteractiveCommands`, `Port`, or an unknown one. */
      readonly sessionType: string;
      readonly properties: JsonObject;
    }
  | {
      readonly kind: 'kms-encryption';
      readonly kmsKeyId: string;
      /** Base64 text; undefined for agents before 3.3.808. */
      readonly challenge: string | undefined;
    }
  | { readonly kind: 'unknown'; readonly actionType: string };

/** The first stream message of a session that has a handshake. */
export interface HandshakeRequest {
  readonly agentVersion: string;
  readonly actions: readonly HandshakeAction[];
}

/**
 * Actions in one request. Agents request a session type and at most one encryption
 * (`buildHandshakeRequestPayload` of their `datachannel.go`); the rest is for later versions. Each
 * action costs work and a result in the answer.
 */
const MAX_HANDSHAKE_ACTIONS = 16;
/** Each encryption is a call of KMS with a key that the agent names. */
const MAX_ENCRYPTION_ACTIONS = 1;

const SESSION_TYPE_ACTION = 'SessionType';
const KMS_ENCRYPTION_ACTION = 'KMSEncryption';

/**
 * Reads a HandshakeRequest.
 *
 * @throws ProtocolError `payload-malformed`, or `handshake-excessive` when it requests more than any
 *   agent does: then do none of the actions
 */
export function parseHandshakeRequest(payload: Buffer): HandshakeRequest {
  const content = parseJsonPayload(payload, 'handshake request');
  const actions = content['RequestedClientActions'] ?? [];
  if (!Array.isArray(actions)) {
    throw new ProtocolError('payload-malformed', 'handshake request without a list of actions');
  }
  if (actions.length > MAX_HANDSHAKE_ACTIONS) {
    throw new ProtocolError(
      'handshake-excessive',
      `the agent asks for ${actions.length} actions before the session starts, at most ${MAX_HANDSHAKE_ACTIONS} are allowed`,
    );
  }
  const parsed = actions.map(parseAction);
  const encryptions = parsed.filter((action) => action.kind === 'kms-encryption').length;
  if (encryptions > MAX_ENCRYPTION_ACTIONS) {
    throw new ProtocolError(
      'handshake-excessive',
      `the agent asks for ${encryptions} data keys, only ${MAX_ENCRYPTION_ACTIONS} is allowed`,
    );
  }
  return { agentVersion: stringMember(content, 'AgentVersion'), actions: parsed };
}

function parseAction(action: unknown): HandshakeAction {
  if (!isJsonObject(action)) {
    throw new ProtocolError('payload-malformed', 'handshake action is not a JSON object');
  }
  const actionType = stringMember(action, 'ActionType');
  const parameters = action['ActionParameters'];
  const members = isJsonObject(parameters) ? parameters : {};
  switch (actionType) {
    case SESSION_TYPE_ACTION: {
      const properties = members['Properties'];
      return {
        kind: 'session-type',
        sessionType: stringMember(members, 'SessionType'),
        properties: isJsonObject(properties) ? properties : {},
      };
    }
    case KMS_ENCRYPTION_ACTION: {
      const challenge = members['Challenge'];
      return {
        kind: 'kms-encryption',
        kmsKeyId: stringMember(members, 'KMSKeyId'),
        challenge: typeof challenge === 'string' ? challenge : undefined,
      };
    }
    default:
      return { kind: 'unknown', actionType };
  }
}

const ActionStatus = { Success: 1, Failed: 2, Unsupported: 3 } as const;

/** The result of one requested action. */
export type HandshakeResult =
  | { readonly status: 'success'; readonly result?: JsonObject }
  | { readonly status: 'failed'; readonly error: string }
  | { readonly status: 'unsupported'; readonly error: string };

/**
 * The payload of a HandshakeResponse.
 *
 * @param results - one for each action of the request, in its order
 */
export function encodeHandshakeResponse(
  clientVersion: string,
  actions: readonly HandshakeAction[],
  results: readonly HandshakeResult[],
): Buffer {
  const errors: string[] = [];
  const processed = actions.map((action, i) => {
    const result = results[i] ?? { status: 'unsupported', error: 'not processed' };
    const error = result.status === 'success' ? '' : result.error;
    if (error !== '') errors.push(error);
    return {
      ActionType: actionTypeOf(action),
      ActionStatus: statusNumber(result.status),
      ActionResult: result.status === 'success' ? (result.result ?? null) : null,
      Error: error,
    };
  });
  return Buffer.from(
    JSON.stringify({
      ClientVersion: clientVersion,
      ProcessedClientActions: processed,
      Errors: errors.length === 0 ? null : errors,
    }),
  );
}

function statusNumber(status: HandshakeResult['status']): number {
  switch (status) {
    case 'success':
      return ActionStatus.Success;
    case 'failed':
      return ActionStatus.Failed;
    case 'unsupported':
      return ActionStatus.Unsupported;
  }
}

function actionTypeOf(action: HandshakeAction): string {
  switch (action.kind) {
    case 'session-type':
      return SESSION_TYPE_ACTION;
    case 'kms-encryption':
      return KMS_ENCRYPTION_ACTION;
    case 'unknown':
      return action.actionType;
  }
}

/** The session type starts now. */
export interface HandshakeComplete {
  /** Text for the user, printed on its own line; empty when there is none. */
  readonly customerMessage: string;
}

/**
 * Reads a HandshakeComplete.
 *
 * @throws ProtocolError `payload-malformed`
 */
export function parseHandshakeComplete(payload: Buffer): HandshakeComplete {
  const content = parseJsonPayload(payload, 'handshake completion');
  return { customerMessage: stringMember(content, 'CustomerMessage') };
}
