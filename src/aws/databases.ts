import type { AwsError } from './sdk/aws-error.ts';

/** Databases of the region: RDS with DocumentDB and Neptune, ElastiCache, OpenSearch Service and Redshift. */
export interface DatabaseCalls {
  /**
   * Finds the databases. What one service refuses does not hide what the others list.
   *
   * @throws AwsError when none of them answers
   */
  databases(): Promise<FoundDatabases>;
}

/** What the services have answered. */
export interface FoundDatabases {
  readonly databases: readonly Database[];
  readonly missing: readonly MissingList[];
}

/** A list that its service has refused. */
export interface MissingList {
  /** What is not listed: `the DB clusters of RDS`. */
  readonly what: string;
  /** What it needs, as IAM writes it. */
  readonly action: string;
  readonly error: AwsError;
}

/** Which clients a database is for. */
export type DatabaseFamily =
  | 'postgres'
  | 'mysql'
  | 'redis'
  | 'memcached'
  | 'opensearch'
  | 'redshift'
  | 'docdb'
  | 'neptune'
  | 'oracle'
  | 'sqlserver'
  | 'db2'
  | 'other';

/** A database as its service describes it. A text is empty when it is unknown. */
export interface Database {
  /** Its identifier; that of a reader endpoint has `/reader` after it. */
  readonly name: string;
  readonly service: 'rds' | 'elasticache' | 'opensearch' | 'redshift';
  readonly kind: 'instance' | 'cluster' | 'reader' | 'serverless' | 'domain';
  /** As the service names it: `aurora-postgresql`, `valkey`. */
  readonly engine: string;
  readonly family: DatabaseFamily;
  /** Its endpoint, without the port. */
  readonly host: string;
  /** 0 when it is unknown. */
  readonly port: number;
  /** As the service names it: `available`. */
  readonly status: string;
  /** `vpc-…`. */
  readonly vpc: string;
  /** Availability zones that it is in: `us-east-1a`. */
  readonly zones: readonly string[];
  readonly tls: 'required' | 'possible' | 'off';
  /** Whether users can sign in with an IAM token: where it is enabled, or, for ElastiCache, where users have rights of their own. */
  readonly hasIamAuth: boolean;
  readonly masterUser: string;
  /** The secret of Secrets Manager with the password of the master user. */
  readonly masterSecretArn: string;
  /** The database that it was created with. */
  readonly databaseName: string;
  /** Whether keys are spread over several nodes, to which it redirects clients. */
  readonly isClusterMode: boolean;
}
