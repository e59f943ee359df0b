import type { IncomingMessage } from 'node:http';
import { parseObject, type JsonObject } from '../../../../src/lib/json.ts';
import type { Request } from '../../iam/iam.ts';
import { admitCall } from '../answers/admit-call.ts';
import { readBody } from '../answers/json-request.ts';
import { RefusedRequest } from '../answers/refused-request.ts';
import { listenerOf, type Route } from '../answers/route.ts';
import { signedScope } from '../answers/signed-scope.ts';
import {
  arnOf,
  DENIED_STATUS,
  databasesIn,
  vpcOf,
  type DatabasesBackend,
  type LocalDatabase,
} from './local-database.ts';

/** The service in the scope of a signature (botocore, service-2.json of opensearch, `signingName`). */
const SERVICE = 'es';
/** "Please provide a maximum of 5 domain names to describe." */
const MOST_DOMAINS = 5;

/** OpenSearch Service, which answers in JSON. */
export function openSearchRoute(backend: DatabasesBackend): Route {
  return {
    isFor: (request) => signedScope(request).service === SERVICE,
    listener: listenerOf(async (request, response) => {
      const { region } = signedScope(request);
      const operation = domainOperation(request);
      const names = domainNames(await readBody(request));
      response.setHeader('content-type', 'application/json');
      try {
        admitCall(backend, operation, accessOf(operation, names, region), DENIED_STATUS);
        const databases = databasesIn(backend, region);
        response.end(JSON.stringify(describeDomains(operation, names, databases)));
      } catch (error) {
        if (!(error instanceof RefusedRequest)) throw error;
        const { status, type, message } = error.failure;
        response.setHeader('x-amzn-errortype', `${type}:http://internal.amazon.com/`);
        response.writeHead(status).end(JSON.stringify({ message }));
      }
    }),
  };
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

/** What an operation needs to be allowed (Service Authorization Reference, "Amazon OpenSearch Service"). */
function accessOf(
  operation: string,
  domains: readonly string[],
  region: string,
): readonly Request[] {
  const action = `es:${operation}`;
  if (domains.length === 0) return [{ action, resource: '*' }];
  return domains.map((name) => ({ action, resource: arnOf('es', `domain/${name}`, region) }));
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
