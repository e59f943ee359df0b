import type { AccessState } from '../../../src/aws/access-calls.ts';
import { isJsonObject, stringMember, type JsonObject } from '../../../src/lib/json.ts';
import { RefusedRequest } from './page.ts';

/** A request for just-in-time access to a node. */
export interface LocalAccessRequest {
  /** `oi-` and 12 hexadecimal digits (Systems Manager API, GetAccessToken, `AccessRequestId`). */
  readonly id: string;
  readonly target: string;
  readonly reason: string;
  /** Those who approve requests change it. */
  state: AccessState;
}

/** The access key of approved requests. */
export const ACCESS_KEY = 'ASIAJUSTINTIMEACCESS';

/** Just-in-time node access (Systems Manager API, StartAccessRequest and GetAccessToken). */
export interface AccessApi {
  readonly requests: readonly LocalAccessRequest[];
  /** @returns undefined for another operation; throws {@link RefusedRequest} */
  answer(operation: string, body: JsonObject): JsonObject | undefined;
}

const ID_DIGITS = 12;
const MS_PER_SECOND = 1_000;

/**
 * @param initial - the state of a new request
 * @param validSeconds - how long credentials of a request are valid
 */
export function createAccessApi(initial: AccessState, validSeconds: number): AccessApi {
  const requests: LocalAccessRequest[] = [];
  return {
    requests,
    answer(operation, body) {
      if (operation === 'StartAccessRequest') {
        const id = `oi-${String(requests.length + 1).padStart(ID_DIGITS, '0')}`;
        const reason = stringMember(body, 'Reason');
        if (reason === '') throw new RefusedRequest('ValidationException', 'Reason is empty');
        requests.push({ id, target: targetOf(body['Targets']), reason, state: initial });
        return { AccessRequestId: id };
      }
      if (operation !== 'GetAccessToken') return undefined;
      const id = stringMember(body, 'AccessRequestId');
      const request = requests.find((one) => one.id === id);
      if (request === undefined) {
        throw new RefusedRequest('ResourceNotFoundException', `There is no access request ${id}.`);
      }
      if (request.state !== 'Approved') return { AccessRequestStatus: request.state };
      return {
        AccessRequestStatus: request.state,
        Credentials: {
          AccessKeyId: ACCESS_KEY,
          SecretAccessKey: 'just-in-time-secret',
          SessionToken: `token of ${id}`,
          ExpirationTime: Date.now() / MS_PER_SECOND + validSeconds,
        },
      };
    },
  };
}

function targetOf(targets: unknown): string {
  const target: unknown = Array.isArray(targets) ? targets[0] : undefined;
  const values = isJsonObject(target) ? target['Values'] : undefined;
  if (!Array.isArray(values) || values.length !== 1) {
    throw new RefusedRequest('ValidationException', 'Targets has not one node');
  }
  return String(values[0]);
}
