import type { Request } from '../../iam/iam.ts';
import { admitCall } from '../answers/admit-call.ts';
import { readBody } from '../answers/json-request.ts';
import { pageOf } from '../answers/page.ts';
import { RefusedRequest, type ApiFailure } from '../answers/refused-request.ts';
import { listenerOf, type Route } from '../answers/route.ts';
import { signedScope } from '../answers/signed-scope.ts';
import { element, text } from '../answers/xml.ts';
import {
  cacheCluster,
  cacheSubnetGroup,
  replicationGroup,
  serverlessCache,
} from './describe-caches.ts';
import { dbCluster, dbInstance } from './describe-rds.ts';
import {
  arnOf,
  DENIED_STATUS,
  databasesIn,
  vpcOf,
  type DatabasesBackend,
  type LocalDatabase,
} from './local-database.ts';

/** Services in the scope of a signature, and the versions of their APIs (botocore, `metadata` of each service-2.json). */
const VERSIONS = { rds: '2014-10-31', elasticache: '2015-02-02', redshift: '2012-12-01' } as const;
type Service = keyof typeof VERSIONS;

const REQUEST_ID = '00000000-0000-0000-0000-000000000000';
/** RDS, ElastiCache and Redshift API, `MaxRecords`. */
const RECORDS = { least: 20, most: 100, byDefault: 100 };
/** ElastiCache API, DescribeServerlessCaches: "The default is 50". */
const CACHES = { least: 1, most: 100, byDefault: 50 };

/** RDS, ElastiCache or Redshift, which answer in XML. */
export function databasesRoute(service: Service, backend: DatabasesBackend): Route {
  return {
    isFor: (request) => signedScope(request).service === service,
    listener: listenerOf(async (request, response) => {
      const { region } = signedScope(request);
      const form = new URLSearchParams(await readBody(request));
      const operation = form.get('Action') ?? '';
      response.setHeader('content-type', 'text/xml');
      try {
        admitCall(backend, operation, [accessOf(service, operation, region)], DENIED_STATUS);
        if (form.get('Version') !== VERSIONS[service]) {
          throw new RefusedRequest('InvalidParameterValue', 'The version is not valid.');
        }
        response.end(answerTo(operation, form, databasesIn(backend, region), service));
      } catch (error) {
        if (!(error instanceof RefusedRequest)) throw error;
        response.writeHead(error.failure.status).end(errorOf(service, error.failure));
      }
    }),
  };
}

/** The names of errors in XML do not end with `Exception`. */
function errorOf(service: Service, { type, message }: ApiFailure): string {
  const code = type.replace(/Exception$/, '');
  const contents = [text('Type', 'Sender'), text('Code', code), text('Message', message)];
  const parts = [element('Error', ...contents), text('RequestId', REQUEST_ID)].join('');
  return `<ErrorResponse xmlns="${namespaceOf(service)}">${parts}</ErrorResponse>`;
}

function namespaceOf(service: Service): string {
  return `http://${service}.amazonaws.com/doc/${VERSIONS[service]}/`;
}

/** What an operation needs to be allowed (Service Authorization Reference of each service). */
function accessOf(service: Service, operation: string, region: string): Request {
  const types: Readonly<Record<string, string>> = {
    DescribeDBInstances: 'db:*',
    DescribeDBClusters: 'cluster:*',
    DescribeReplicationGroups: 'replicationgroup:*',
    DescribeCacheClusters: 'cluster:*',
    DescribeServerlessCaches: 'serverlesscache:*',
    DescribeCacheSubnetGroups: 'subnetgroup:*',
  };
  const type = types[operation];
  const resource = type === undefined ? '*' : arnOf(service, type, region);
  return { action: `${service}:${operation}`, resource };
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
