import { callFailures } from '../../../../failures/calls.ts';
import type { Clock } from '../../../../lib/clock.ts';
import { withTimeout } from '../../../../lib/with-timeout.ts';
import type { FoundDatabases, MissingList } from '../../../databases.ts';
import { AwsError, isAwsError } from '../../aws-error.ts';
import type { SdkCalls } from '../../sdk-calls.ts';
import type { Listing } from './answers.ts';
import { cacheDatabases, CACHE_LISTS, subnetsNamed, subnetsWithoutVpc } from './elasticache.ts';
import { DB_CLUSTERS, DB_INSTANCES, dbSubnetGroups, rdsDatabases } from './rds.ts';
import { DOMAIN_NAMES, domainsNamed, warehouseOf, WAREHOUSES } from './search-and-warehouse.ts';

/**
 * How long each list may take, in milliseconds: a network that has VPC endpoints only for some services never reaches the others.
 * A region with a thousand instances answers in less.
 */
const LIST_LIMIT_MS = 15_000;

/**
 * Asks all services at once.
 *
 * @throws AwsError when none of them answers
 */
export async function findDatabases(calls: SdkCalls, clock: Clock): Promise<FoundDatabases> {
  /** In the order of the questions, with holes. */
  const refused: MissingList[] = [];
  let asked = 0;
  const ask = async <T>({ what, list }: Listing<T>): Promise<readonly T[]> => {
    const nth = asked++;
    try {
      return await withTimeout(clock, LIST_LIMIT_MS, list(calls), () => {
        throw new AwsError(callFailures['service-silent'](what.purpose));
      });
    } catch (error) {
      if (!isAwsError(error)) throw error;
      refused[nth] = { what: what.purpose.replace(/^list /, ''), action: what.action, error };
      return [];
    }
  };
  const [instances, clusters, groups, caches, serverless, subnetGroups, domains, warehouses] =
    await Promise.all([
      ask(DB_INSTANCES),
      ask(DB_CLUSTERS),
      ask(CACHE_LISTS.groups),
      ask(CACHE_LISTS.clusters),
      ask(CACHE_LISTS.serverless),
      ask(CACHE_LISTS.subnetGroups),
      ask(DOMAIN_NAMES).then((names) => (names.length === 0 ? [] : ask(domainsNamed(names)))),
      ask(WAREHOUSES),
    ]);
  const [first, ...others] = Object.values(refused);
  if (first !== undefined && others.length === asked - 1) throw first.error;
  const cached = { groups, clusters: caches, serverless, subnetGroups };
  const ofRds = [...dbSubnetGroups(instances).values()];
  const unknown = subnetsWithoutVpc(cached, ofRds);
  const subnets = unknown.length === 0 ? [] : await ask(subnetsNamed(unknown));
  return {
    databases: [
      ...rdsDatabases(instances, clusters),
      ...cacheDatabases(cached, [...ofRds, ...subnets]),
      ...domains,
      ...warehouses.map(warehouseOf),
    ],
    missing: Object.values(refused),
  };
}
