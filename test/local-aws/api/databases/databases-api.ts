import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseObject, type JsonObject } from '../../../../src/lib/json.ts';
import { accessDenied, type Iam, type Request } from '../../iam/iam.ts';
import { readBody } from '../json-request.ts';
import { pageOf, RefusedRequest, type ApiFailure } from '../page.ts';
import { element, text } from '../xml.ts';
import {
  cacheCluster,
  cacheSubnetGroup,
  replicationGroup,
  serverlessCache,
} from './describe-caches.ts';
import { dbCluster, dbInstance } from './describe-rds.ts';
import { arnOf, vpcOf, type LocalDatabase } from './local-database.ts';

/** What the API works on. */
export interface DatabasesBackend {
  readonly databases: readonly LocalDatabase[];
  /** The permissions of the caller. */
  readonly iam: Iam;
  /** Receives each call. */
  readonly onCall: (operation: string) => void;
  /** What an operation is refused with; undefined when it is not. */
  readonly refusal: (operation: string) => ApiFailure | undefined;
}

/** Services in the scope of a signature, and the versions of their APIs (botocore, `metadata` of each service-2.json). */
const VERSIONS = {
  rds: '2014-10-31',
  elasticache: '2015-02-02',
  redshift: '2012-12-01',
  es: '2021-01-01',
} as const;
type Service = keyof typeof VERSIONS;

const SCOPE = /Credential=[^,/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/;
const REQUEST_ID = '00000000-0000-0000-0000-000000000000';
/** RDS, ElastiCache and Redshift API, `MaxRecords`. */
const RECORDS = { least: 20, most: 100, byDefault: 100 };
/** ElastiCache API, DescribeServerlessCaches: "The default is 50". */
const CACHES = { least: 1, most: 100, byDefault: 50 };
/** "Please provide a maximum of 5 domain names to describe." */
const MOST_DOMAINS = 5;

/** Whether a signed request is meant for a service with databases. */
export function isForDatabases(request: IncomingMessage): boolean {
  return scopeOf(request) !== undefined;
}

function scopeOf(
  request: IncomingMessage,
): { readonly service: Service; readonly region: string } | undefined {
  const [, region = '', name] = SCOPE.exec(request.headers.authorization ?? '') ?? [];
  const service = (Object.keys(VERSIONS) as Service[]).find((one) => one === name);
  return service === undefined ? undefined : { service, region };
}

/** Answers one HTTP request to RDS, ElastiCache or Redshift in XML, or to OpenSearch Service in JSON. */
export async function handleDatabasesRequest(
  request: IncomingMessage,
  response: ServerResponse,
  backend: DatabasesBackend,
): Promise<void> {
  const scope = scopeOf(request);
  if (scope === undefined) throw new Error('not a request for databases');
  const { service, region } = scope;
  const databases = backend.databases.filter((one) => (one.region ?? 'us-east-1') === region);
  const body = await readBody(request);
  const form = new URLSearchParams(body);
  const isJson = service === 'es';
  const operation = isJson ? domainOperation(request) : (form.get('Action') ?? '');
  backend.onCall(operation);
  response.setHeader('content-type', isJson ? 'application/json' : 'text/xml');
  try {
    const refused = backend.refusal(operation);
    if (refused !== undefined) throw new Refusal(refused);
    const names = isJson ? domainNames(body) : [];
    const denied = backend.iam.refusal(accessOf(service, operation, names, region));
    if (denied !== undefined) throw new Refusal({ ...accessDenied(denied), status: 403 });
    if (!isJson && form.get('Version') !== VERSIONS[service]) {
      throw new RefusedRequest('InvalidParameterValue', 'The version is not valid.');
    }
    response.end(
      isJson
        ? JSON.stringify(describeDomains(operation, names, databases))
        : answerTo(operation, form, databases, service),
    );
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof RefusedRequest)) throw error;
    const { status, type, message } = error.failure;
    if (isJson) {
      response.setHeader('x-amzn-errortype', `${type}:http://internal.amazon.com/`);
      response.writeHead(status).end(JSON.stringify({ message }));
      return;
    }
    // The names of errors in XML do not end so.
    const code = type.replace(/Exception$/, '');
    const contents = [text('Type', 'Sender'), text('Code', code), text('Message', message)];
    const ended = [element('Error', ...contents), text('RequestId', REQUEST_ID)].join('');
    response
      .writeHead(status)
      .end(`<ErrorResponse xmlns="${namespaceOf(service)}">${ended}</ErrorResponse>`);
  }
}

class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

function namespaceOf(service: Service): string {
  return `http://${service}.amazonaws.com/doc/${VERSIONS[service]}/`;
}

function domainOperation({ method = '', url = '' }: IncomingMessage): string {
  const known = new Map([
    ['GET /2021-01-01/domain', 'ListDomainNames'],
    ['POST /2021-01-01/opensearch/domain-info', 'DescribeDomains'],
  ]);
  return known.get(`${method} ${url}`) ?? 'Unknown';
}

function domainNames(body: string): readonly string[] {
  const names = body === '' ? undefined : parseObject(body)?.['DomainNames'];
  return Array.isArray(names) ? names.map(String) : [];
}

/** What an operation needs to be allowed (Service Authorization Reference of each service). */
function accessOf(
  service: Service,
  operation: string,
  domains: readonly string[],
  region: string,
): readonly Request[] {
  const action = `${service}:${operation}`;
  if (domains.length > 0) {
    return domains.map((name) => ({ action, resource: arnOf('es', `domain/${name}`, region) }));
  }
  const types: Readonly<Record<string, string>> = {
    DescribeDBInstances: 'db:*',
    DescribeDBClusters: 'cluster:*',
    DescribeReplicationGroups: 'replicationgroup:*',
    DescribeCacheClusters: 'cluster:*',
    DescribeServerlessCaches: 'serverlesscache:*',
    DescribeCacheSubnetGroups: 'subnetgroup:*',
  };
  const type = types[operation];
  return [{ action, resource: type === undefined ? '*' : arnOf(service, type, region) }];
}

function answerTo(
  operation: string,
  form: URLSearchParams,
  databases: readonly LocalDatabase[],
  service: Service,
): string {
  const of = (kind: LocalDatabase['kind'], owner: LocalDatabase['service']): LocalDatabase[] =>
    databases.filter((one) => one.service === owner && one.kind === kind);
  const caches = [...of('cluster', 'elasticache'), ...of('instance', 'elasticache')];
  const answer = (list: string, items: readonly string[], isByToken = false): string => {
    const [size, token] = isByToken ? ['MaxResults', 'NextToken'] : ['MaxRecords', 'Marker'];
    const limits = isByToken ? CACHES : RECORDS;
    const asked = { MaxResults: Number(form.get(size) ?? limits.byDefault) };
    const page = pageOf(items, { ...asked, NextToken: form.get(token) }, limits);
    const contents = [
      ...(page.nextToken === undefined ? [] : [text(token, page.nextToken)]),
      element(list, ...page.items),
    ];
    const name = `${operation}Response`;
    const result = element(`${operation}Result`, ...contents);
    const metadata = element('ResponseMetadata', text('RequestId', REQUEST_ID));
    return `<${name} xmlns="${namespaceOf(service)}">${result}${metadata}</${name}>`;
  };
  switch (operation) {
    case 'DescribeDBInstances':
      return answer('DBInstances', of('instance', 'rds').map(dbInstance));
    case 'DescribeDBClusters':
      return answer(
        'DBClusters',
        of('cluster', 'rds').map((one) => dbCluster(one, databases)),
      );
    case 'DescribeReplicationGroups':
      return answer('ReplicationGroups', of('cluster', 'elasticache').map(replicationGroup));
    case 'DescribeCacheClusters':
      return answer('CacheClusters', caches.map(cacheCluster));
    case 'DescribeServerlessCaches':
      return answer('ServerlessCaches', of('serverless', 'elasticache').map(serverlessCache), true);
    case 'DescribeCacheSubnetGroups':
      return answer('CacheSubnetGroups', [...new Set(caches.map(cacheSubnetGroup))]);
    case 'DescribeClusters':
      return answer('Clusters', of('cluster', 'redshift').map(warehouse));
    default:
      throw new RefusedRequest('InvalidAction', `The action ${operation} is not valid.`);
  }
}

/** A cluster of Redshift (botocore, service-2.json of redshift, `Cluster`). */
function warehouse(database: LocalDatabase): string {
  const { name, status = 'available', host = '', port = 5439, zone = 'us-east-1a' } = database;
  return element(
    'Cluster',
    text('ClusterIdentifier', name),
    text('ClusterStatus', status),
    text('MasterUsername', database.masterUser ?? 'admin'),
    text('DBName', database.databaseName ?? 'dev'),
    element('Endpoint', text('Address', host), text('Port', String(port))),
    text('AvailabilityZone', zone),
    text('VpcId', vpcOf(database)),
  );
}

function describeDomains(
  operation: string,
  names: readonly string[],
  databases: readonly LocalDatabase[],
): JsonObject {
  const domains = databases.filter(({ service }) => service === 'opensearch');
  if (operation === 'ListDomainNames') {
    const listed = domains.map(({ name }) => ({ DomainName: name, EngineType: 'OpenSearch' }));
    return { DomainNames: listed };
  }
  if (names.length === 0 || names.length > MOST_DOMAINS) {
    throw new RefusedRequest(
      'ValidationException',
      'Please provide a maximum of 5 domain names to describe.',
    );
  }
  const described = names.flatMap((name) => domains.find((one) => one.name === name) ?? []);
  return { DomainStatusList: described.map(domainStatus) };
}

/** A domain of OpenSearch Service (botocore, service-2.json of opensearch, `DomainStatus`). */
function domainStatus(database: LocalDatabase): JsonObject {
  const { name, engine, host, zone = 'us-east-1a', tls = 'required', vpc } = database;
  const isPublic = vpc === '';
  return {
    ...{ DomainId: `123456789012/${name}`, DomainName: name, Created: true, Deleted: false },
    EngineVersion: engine === 'elasticsearch' ? 'Elasticsearch_7.10' : 'OpenSearch_2.11',
    DomainProcessingStatus: database.status ?? 'Active',
    DomainEndpointOptions: { EnforceHTTPS: tls === 'required' },
    ...(host === undefined ? {} : isPublic ? { Endpoint: host } : { Endpoints: { vpc: host } }),
    ...(isPublic ? {} : { VPCOptions: { VPCId: vpcOf(database), AvailabilityZones: [zone] } }),
  };
}
