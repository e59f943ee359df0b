import type { Database } from '../../../../src/aws/databases.ts';
import type { CallGate } from '../answers/admit-call.ts';
import { LOCAL_IDENTITY } from '../credentials/sts-api.ts';

/** A database of the account. What is left out is as with those that RDS makes by default. */
export interface LocalDatabase
  extends
    Pick<Database, 'name' | 'service' | 'engine'>,
    Partial<Omit<Database, 'name' | 'service' | 'engine' | 'family' | 'kind' | 'zones'>> {
  readonly kind: Exclude<Database['kind'], 'reader'>;
  readonly zone?: string;
  /** Its reader endpoint. */
  readonly readerHost?: string;
  /** The cluster of an instance of RDS, or the replication group of a node. */
  readonly cluster?: string;
  /** Whether an instance of a cluster of RDS is the one that writes. */
  readonly isWriter?: boolean;
  /** Left out: `us-east-1`. */
  readonly region?: string;
}

/** What the services of databases work on. */
export interface DatabasesBackend extends CallGate {
  readonly databases: readonly LocalDatabase[];
}

/** The VPC of instances by default. */
const VPC = 'vpc-0a1b2c3d4e5f60718';
const REGION = 'us-east-1';
/** What these services answer to a caller without the permission. */
export const DENIED_STATUS = 403;

/** The databases that a region has. */
export function databasesIn(
  { databases }: Pick<DatabasesBackend, 'databases'>,
  wanted: string,
): readonly LocalDatabase[] {
  return databases.filter(({ region = REGION }) => region === wanted);
}

/** The VPC of a database. */
export function vpcOf({ vpc = VPC }: LocalDatabase): string {
  return vpc;
}

/** The subnet group of all databases of a VPC. */
export function subnetGroupName(database: LocalDatabase): string {
  return `private-${vpcOf(database)}`;
}

/** The one subnet of that group. */
export function subnetOf(database: LocalDatabase): string {
  return vpcOf(database).replace('vpc-', 'subnet-');
}

/** The ARN of what a service has. @param resource - such as `db:*` */
export function arnOf(service: string, resource: string, region = REGION): string {
  return `arn:aws:${service}:${region}:${LOCAL_IDENTITY.account}:${resource}`;
}
