import { isJsonObject, objectMember, stringMember, type JsonObject } from '../../../../lib/json.ts';
import type { Database } from '../../../databases.ts';
import type { Call } from '../../describe-failure.ts';
import type { SdkCalls } from '../../sdk-calls.ts';
import { callRest } from '../direct/rest-request.ts';
import { databaseOf, portMember, recordListing, type Listing } from './answers.ts';

/** OpenSearch Service (botocore, service-2.json of opensearch). */
const LIST_DOMAINS = { method: 'GET', path: '/2021-01-01/domain' } as const;
const DESCRIBE_DOMAINS = { method: 'POST', path: '/2021-01-01/opensearch/domain-info' } as const;
/** Most domains of one request: the service refuses more with "Please provide a maximum of 5 domain names". */
const DOMAINS_IN_A_REQUEST = 5;
const HTTPS_PORT = 443;
/** Redshift (botocore, service-2.json of redshift). */
const REDSHIFT = { service: 'redshift', version: '2012-12-01' } as const;

const DOMAINS = {
  object: 'the domains of the region',
  purpose: 'list the domains of OpenSearch Service',
};

/** The names of the domains of OpenSearch Service. */
export const DOMAIN_NAMES: Listing<string> = listing('es:ListDomainNames', async (calls, what) => {
  const listed = await callRest(calls, 'opensearch', what, LIST_DOMAINS);
  return objectsOf(listed, 'DomainNames').map((one) => stringMember(one, 'DomainName'));
});

/** The domains with these names. */
export function domainsNamed(names: readonly string[]): Listing<Database> {
  return listing('es:DescribeDomains', async (calls, what) => {
    const domains: Database[] = [];
    for (let start = 0; start < names.length; start += DOMAINS_IN_A_REQUEST) {
      const described = await callRest(calls, 'opensearch', what, {
        ...DESCRIBE_DOMAINS,
        body: { DomainNames: names.slice(start, start + DOMAINS_IN_A_REQUEST) },
      });
      domains.push(...objectsOf(described, 'DomainStatusList').map(domainOf));
    }
    return domains;
  });
}

function listing<T>(
  action: string,
  list: (calls: SdkCalls, what: Call) => Promise<readonly T[]>,
): Listing<T> {
  const what = { ...DOMAINS, action };
  return { what, list: (calls) => list(calls, what) };
}

/** The clusters of Redshift. */
export const WAREHOUSES = recordListing({
  ...{ api: REDSHIFT, operation: 'DescribeClusters', things: 'clusters', owner: 'Redshift' },
  ...{ list: 'Clusters', item: 'Cluster' },
});

/** A cluster as Redshift describes it. */
export function warehouseOf(cluster: JsonObject): Database {
  const text = (name: string): string => stringMember(cluster, name);
  const endpoint = objectMember(cluster, 'Endpoint');
  return databaseOf({
    ...{ name: text('ClusterIdentifier'), service: 'redshift', kind: 'cluster' },
    ...{ engine: 'redshift', status: text('ClusterStatus') },
    ...{ host: stringMember(endpoint, 'Address'), port: portMember(endpoint, 'Port') },
    ...{ vpc: text('VpcId'), zones: [text('AvailabilityZone')].filter((zone) => zone !== '') },
    ...{ masterUser: text('MasterUsername'), databaseName: text('DBName') },
    masterSecretArn: text('MasterPasswordSecretArn'),
  });
}

/** A domain in a VPC has its endpoint in a map (OpenSearch Service API, `DomainStatus`). */
function domainOf(domain: JsonObject): Database {
  const text = (name: string): string => stringMember(domain, name);
  const place = objectMember(domain, 'VPCOptions');
  const zones: unknown = place['AvailabilityZones'];
  const isEnforced = objectMember(domain, 'DomainEndpointOptions')['EnforceHTTPS'] === true;
  return databaseOf({
    ...{ name: text('DomainName'), service: 'opensearch', kind: 'domain' },
    // `OpenSearch_2.11`
    engine: text('EngineVersion').toLowerCase().replace(/_.*$/, ''),
    status: text('DomainProcessingStatus').toLowerCase(),
    host: stringMember(objectMember(domain, 'Endpoints'), 'vpc') || text('Endpoint'),
    ...{ port: HTTPS_PORT, vpc: stringMember(place, 'VPCId') },
    zones: (Array.isArray(zones) ? zones : []).filter((zone) => typeof zone === 'string'),
    tls: isEnforced ? 'required' : 'possible',
  });
}

function objectsOf(object: JsonObject, name: string): readonly JsonObject[] {
  const list = object[name];
  return (Array.isArray(list) ? list : []).filter((one) => isJsonObject(one));
}
