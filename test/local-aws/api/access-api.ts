import type { AccessState } from '../../../src/aws/access-calls.ts';
import { isJsonObject, stringMember, type JsonObject } from '../../../src/lib/json.ts';
import { pageOf } from './answers/page.ts';
import { RefusedRequest } from './answers/refused-request.ts';
import { LOCAL_IDENTITY } from './credentials/sts-api.ts';

/** A request for just-in-time access to a node. */
export interface LocalAccessRequest {
  /** `oi-` and 12 hexadecimal digits (Systems Manager API, GetAccessToken, `AccessRequestId`). */
  readonly id: string;
  readonly target: string;
  readonly reason: string;
  readonly requestedAt: Date;
  /** Those who approve requests change it. */
  state: AccessState;
  /** Until when the access is granted. */
  until?: Date;
}

/** How the account grants access. */
export interface AccessSettings {
  /** The state of a new request. */
  readonly state?: AccessState;
  /** How long credentials of a request are valid. */
  readonly validSeconds?: number;
  /** Requests of before. */
  readonly requests?: readonly LocalAccessRequest[];
}

/** The access key of approved requests. */
export const ACCESS_KEY = 'ASIAJUSTINTIMEACCESS';

/** Just-in-time node access (Systems Manager API, StartAccessRequest and GetAccessToken). */
export interface AccessApi {
  readonly requests: readonly LocalAccessRequest[];
  /** Names of the approval policies: without one, the account has no just-in-time access. */
  readonly policies: readonly string[];
  /** Why a caller may not use an operation; undefined when it may. */
  refusal(operation: string, call: AccessCaller): string | undefined;
  /** Whether the connections of sessions may be signed with an access key. */
  maySign(accessKeyId: string): boolean;
  /** @returns undefined for another operation; throws {@link RefusedRequest} */
  answer(operation: string, body: JsonObject): JsonObject | undefined;
}

/** The credentials of a call. */
export interface AccessCaller {
  readonly accessKeyId: string;
  readonly securityToken: string;
}

/** What approved requests grant (AWS managed policy AWSSystemsManagerJustInTimeAccessTokenPolicy). */
const OF_SESSIONS: ReadonlySet<string> = new Set([
  ...['StartSession', 'ResumeSession', 'TerminateSession'],
]);
const TOKEN = 'token of ';
const ID_DIGITS = 12;
const MS_PER_SECOND = 1_000;
const HOUR_SECONDS = 3_600;
/** Results in one answer of DescribeOpsItems (botocore, service-2.json of ssm: `OpsItemMaxResults`). */
const LIMITS = { least: 1, most: 50, byDefault: 50 };
const TYPE = '/aws/accessrequest';

/**
 * @param settings - undefined for an account without just-in-time access, whose requests are approved at once
 * @param now - the time of the service
 */
export function createAccessApi(
  settings: AccessSettings | undefined,
  now: () => Date = () => new Date(),
): AccessApi {
  const { validSeconds = HOUR_SECONDS } = settings ?? {};
  const state = settings === undefined ? 'Approved' : (settings.state ?? 'Pending');
  const requests: LocalAccessRequest[] = [...(settings?.requests ?? [])];
  const start = (body: JsonObject): JsonObject => {
    const id = `oi-${String(requests.length + 1).padStart(ID_DIGITS, '0')}`;
    const reason = stringMember(body, 'Reason');
    if (reason === '') throw new RefusedRequest('ValidationException', 'Reason is empty');
    const target = targetOf(body['Targets']);
    requests.push({ id, target, reason, requestedAt: now(), state });
    return { AccessRequestId: id };
  };
  const token = (id: string): JsonObject => {
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
        SessionToken: `${TOKEN}${id}`,
        // The clock of the caller.
        ExpirationTime: Date.now() / MS_PER_SECOND + validSeconds,
      },
    };
  };
  const isRequired = settings !== undefined;
  return {
    requests,
    refusal(operation, { accessKeyId, securityToken }) {
      if (!isRequired) return undefined;
      const isOfSessions = OF_SESSIONS.has(operation);
      if (accessKeyId !== ACCESS_KEY) {
        return isOfSessions ? 'the node needs just-in-time access' : undefined;
      }
      if (!isOfSessions) return 'just-in-time access is for sessions';
      const request = requests.find(({ id }) => securityToken === `${TOKEN}${id}`);
      return request?.state === 'Approved' ? undefined : 'the access is no longer granted';
    },
    maySign: (accessKeyId) => !isRequired || accessKeyId === ACCESS_KEY,
    policies: settings === undefined ? [] : ['approve-web'],
    answer(operation, body) {
      switch (operation) {
        case 'StartAccessRequest':
          return start(body);
        case 'GetAccessToken':
          return token(stringMember(body, 'AccessRequestId'));
        case 'DescribeOpsItems': {
          const { items, nextToken } = pageOf(wantedOf(requests, body), body, LIMITS);
          return {
            OpsItemSummaries: items.map(opsItemOf),
            ...(nextToken === undefined ? {} : { NextToken: nextToken }),
          };
        }
        default:
          return undefined;
      }
    },
  };
}

/** The requests that the filters of DescribeOpsItems select (botocore, service-2.json of ssm: `OpsItemFilterKey`). */
function wantedOf(
  requests: readonly LocalAccessRequest[],
  body: JsonObject,
): readonly LocalAccessRequest[] {
  const filters: readonly unknown[] = Array.isArray(body['OpsItemFilters'])
    ? body['OpsItemFilters']
    : [];
  return requests.filter((request) =>
    filters.every((filter) => {
      if (!isJsonObject(filter) || filter['Operator'] !== 'Equal') {
        throw new RefusedRequest('OpsItemInvalidParameterException', 'The operator is not valid.');
      }
      const { Values: values } = filter;
      const value = filterValue(stringMember(filter, 'Key'), request);
      return Array.isArray(values) && values.includes(value);
    }),
  );
}

function filterValue(key: string, request: LocalAccessRequest): string {
  switch (key) {
    case 'OpsItemType':
      return TYPE;
    case 'AccessRequestByRequesterArn':
      return LOCAL_IDENTITY.arn;
    case 'AccessRequestByTargetResourceId':
      return request.target;
    default:
      throw new RefusedRequest('OpsItemInvalidParameterException', `no filter ${key}`);
  }
}

/** AWS documents of the data only the type and `automationExecutionId` (user guide, "Approving and denying just-in-time node access requests"). */
function opsItemOf({ id, target, reason, requestedAt, state, until }: LocalAccessRequest): object {
  const data = {
    automationExecutionId: '9231944f-61c6-40be-8bce-8ee2b0000000',
    requestReason: reason,
    targets: [{ Key: 'InstanceIds', Values: [target] }],
    ...(until === undefined ? {} : { access: { endTime: until.toISOString() } }),
  };
  return {
    OpsItemId: id,
    OpsItemType: TYPE,
    Status: state === 'Pending' ? 'PendingApproval' : state,
    Title: 'Access request',
    CreatedTime: requestedAt.getTime() / MS_PER_SECOND,
    OperationalData: { [TYPE]: { Type: 'SearchableString', Value: JSON.stringify(data) } },
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
