import type { Database } from '../../../../src/aws/databases.ts';
import { LOCAL_IDENTITY } from '../sts-api.ts';

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

/** The VPC of instances by default. */
const VPC = 'vpc-0a1b2c3d4e5f60718';

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

/** @param resource - such as `db:*` */
export function arnOf(service: string, resource: string, region = 'us-east-1'): string {
  return `arn:aws:${service}:${region}:${LOCAL_IDENTITY.account}:${resource}`;
}
