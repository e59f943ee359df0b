import { callFailures } from '../../../../failures/calls.ts';
import { objectMember, stringMember, type JsonObject } from '../../../../lib/json.ts';
import type { Database, DatabaseFamily } from '../../../databases.ts';
import { AwsError } from '../../aws-error.ts';
import type { Call } from '../../describe-failure.ts';
import type { SdkCalls } from '../../sdk-calls.ts';
import { pagesOf } from '../pages.ts';
import { callQuery, type QueryApi } from '../direct/query-request.ts';
import { listMember } from '../direct/xml-answer.ts';

/** Most records in one answer (RDS, ElastiCache and Redshift API, `MaxRecords`). */
const RECORDS_IN_A_PAGE = 100;
/** No region has as many databases of one kind: quotas begin at 40. */
const MOST_PAGES = 100;
/** How engines begin, by the clients they are for (RDS API, `CreateDBInstance`, `Engine`). */
const FAMILIES: readonly (readonly [RegExp, DatabaseFamily])[] = [
  [/^(?:aurora-)?postgres/, 'postgres'],
  [/^(?:aurora(?:-mysql)?|mysql|mariadb)$/, 'mysql'],
  [/^(?:redis|valkey)$/, 'redis'],
  [/^(?:opensearch|elasticsearch)$/, 'opensearch'],
  [/^(?:custom-)?oracle-/, 'oracle'],
  [/^(?:custom-)?sqlserver-/, 'sqlserver'],
  [/^db2-/, 'db2'],
  [/^docdb$/, 'docdb'],
  [/^neptune$/, 'neptune'],
  [/^memcached$/, 'memcached'],
  [/^redshift$/, 'redshift'],
];

/** A database with the usual value of each property that is not known. */
export function databaseOf(
  known: Pick<Database, 'name' | 'service' | 'kind' | 'engine' | 'status'> & Partial<Database>,
): Database {
  const { engine } = known;
  const family = FAMILIES.find(([pattern]) => pattern.test(engine))?.[1] ?? 'other';
  return {
    ...{ family, host: '', port: 0, vpc: '', zones: [], tls: 'possible', hasIamAuth: false },
    ...{ masterUser: '', masterSecretArn: '', databaseName: '', isClusterMode: false },
    ...known,
  };
}

/** The same database by its reader endpoint; none when it has no such endpoint. */
export function readerOf(
  database: Database,
  host: string,
  port = database.port,
): readonly Database[] {
  if (host === '') return [];
  return [{ ...database, name: `${database.name}/reader`, kind: 'reader', host, port }];
}

/** A list that one or more calls make. */
export interface Listing<T> {
  /** With what it needs, and what it is for. */
  readonly what: Call;
  /** @throws AwsError */
  readonly list: (calls: SdkCalls) => Promise<readonly T[]>;
}

/** A list of the query protocol that has pages. */
interface RecordList {
  readonly api: QueryApi;
  readonly operation: string;
  /** What is listed: `DB clusters`. */
  readonly things: string;
  /** Whose they are. */
  readonly owner: string;
  /** Members of the answer: the list, and each of its items. */
  readonly list: string;
  readonly item: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** What pages are called; by default as RDS calls them. */
  readonly pages?: { readonly size: string; readonly token: string };
}

/** All records of a list, page by page. */
export function recordListing(records: RecordList): Listing<JsonObject> {
  const { api, operation, things, owner } = records;
  const what = {
    action: `${api.service}:${operation}`,
    object: `the ${things} of the region`,
    purpose: `list the ${things} of ${owner}`,
  };
  return { what, list: (calls) => listRecords(calls, what, records) };
}

async function listRecords(
  calls: SdkCalls,
  what: Call,
  { api, operation, list, item, fields, pages: names }: RecordList,
): Promise<readonly JsonObject[]> {
  const { size, token } = names ?? { size: 'MaxRecords', token: 'Marker' };
  const records: JsonObject[] = [];
  let count = 0;
  const pages = pagesOf(async (before) => {
    if (++count > MOST_PAGES) {
      throw new AwsError(callFailures['answer-incomplete'](what.purpose, 'end'));
    }
    const page = await callQuery(calls, api, what, operation, {
      ...{ ...fields, [size]: String(RECORDS_IN_A_PAGE), [token]: before },
    });
    return { page, NextToken: stringMember(page, token) };
  });
  for await (const { page } of pages) records.push(...listMember(page, list, item));
  return records;
}

/** The texts of a list: in XML, one of one item looks like an object. */
export function textsOf(object: JsonObject, list: string, item: string): readonly string[] {
  const items = objectMember(object, list)[item];
  return (Array.isArray(items) ? items : [items]).filter((text) => typeof text === 'string');
}

/** In XML all members are texts. */
export function isTrue(object: JsonObject, name: string): boolean {
  return stringMember(object, name) === 'true';
}

/** A port of an answer; 0 for none. */
export function portMember(object: JsonObject, name: string): number {
  return Number(object[name] ?? 0) || 0;
}
