import { isJsonObject, stringMember, type JsonObject } from '../../../src/lib/json.ts';
import type { ServiceSession } from '../session/session.ts';
import { LOCAL_IDENTITY } from './credentials/sts-api.ts';
import { pageOf } from './answers/page.ts';
import { RefusedRequest } from './answers/refused-request.ts';

/** Results in one answer of DescribeSessions (Systems Manager API). */
const LIMITS = { least: 1, most: 200, byDefault: 10 };

/** The answer of DescribeSessions; throws {@link RefusedRequest}. */
export function describeSessions(
  sessions: readonly ServiceSession[],
  request: JsonObject,
): JsonObject {
  const wantsActive = stringMember(request, 'State') !== 'History';
  const filters = filtersOf(request['Filters']);
  const wanted = sessions
    .filter((session) => (session.end === undefined) === wantsActive)
    .filter((session) => filters.every((filter) => fits(session, filter)));
  const { items, nextToken } = pageOf(wanted, request, LIMITS);
  return {
    Sessions: items.map(describe),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}

interface Filter {
  readonly key: string;
  readonly value: string;
}

function filtersOf(value: unknown): readonly Filter[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new RefusedRequest('InvalidFilterKey', 'Filters is no list');
  return value.map((filter: unknown) => {
    if (!isJsonObject(filter)) throw new RefusedRequest('InvalidFilterKey', 'no filter');
    return { key: stringMember(filter, 'key'), value: stringMember(filter, 'value') };
  });
}

function fits(session: ServiceSession, { key, value }: Filter): boolean {
  if (key === 'InvokedAfter') return session.startedAt.getTime() >= Date.parse(value);
  return valueOf(session, key) === value;
}

function valueOf(session: ServiceSession, key: string): string {
  switch (key) {
    case 'Owner':
      return LOCAL_IDENTITY.arn;
    case 'Target':
      return session.request.Target;
    case 'SessionId':
      return session.sessionId;
    default:
      throw new RefusedRequest('InvalidFilterKey', `The filter key ${key} is not valid.`);
  }
}

function describe(session: ServiceSession): JsonObject {
  return {
    SessionId: session.sessionId,
    Target: session.request.Target,
    Status: session.end === undefined ? 'Connected' : 'Terminated',
    StartDate: session.startedAt.getTime() / 1000,
    DocumentName: session.request.DocumentName ?? 'SSM-SessionManagerRunShell',
    Owner: LOCAL_IDENTITY.arn,
    ...(session.endedAt === undefined ? {} : { EndDate: session.endedAt.getTime() / 1000 }),
    ...(session.request.Reason === undefined ? {} : { Reason: session.request.Reason }),
  };
}
