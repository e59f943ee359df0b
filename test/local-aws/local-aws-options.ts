import type { AgentOptions } from './agent/agent-options.ts';
import type { AccessSettings } from './api/access-api.ts';
import type { MfaDevice } from './api/credentials/sts-api.ts';
import type { LocalDatabase } from './api/databases/local-database.ts';
import type { DocumentContent } from './api/document-content.ts';
import type { LocalTask } from './api/ecs/local-tasks.ts';
import type { LocalNode } from './api/nodes-api.ts';
import type { CallRates } from './api/operations/call-rates.ts';
import type { RunCommandOptions } from './api/run-command/run-command-api.ts';
import type { Faults } from './faults.ts';
import type { Iam } from './iam/iam.ts';
import type { SessionLifetime } from './session/session-lifetime.ts';

/** What makes one session different from another. */
export interface SessionOptions {
  readonly agent?: AgentOptions;
  readonly faults?: Faults;
  /** When the service ends the session by itself; by default it does not. */
  readonly lifetime?: SessionLifetime;
  /** Appended to the query of every stream URL, to make it a presigned one for example. */
  readonly streamUrlQuery?: string;
}

/** How the local target is set up. */
export interface LocalAwsOptions {
  /** Defaults of every session, also of those started through the API. */
  readonly sessions?: SessionOptions;
  /** Serves https and wss with this certificate, PEM. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** The name in the URLs, for certificates; it must resolve to 127.0.0.1, which is the default. */
  readonly hostName?: string;
  /** The managed nodes. With a list, sessions are started only on those whose agent is connected. */
  readonly nodes?: readonly LocalNode[];
  /** The tasks of ECS. By default every task is known by its id, and has the container `app`; lists have none. */
  readonly tasks?: readonly LocalTask[];
  /** Databases of RDS, ElastiCache, OpenSearch Service and Redshift. None by default. */
  readonly databases?: readonly LocalDatabase[];
  /** Texts of secrets of Secrets Manager, by their names or ARNs. None by default. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Contents of documents by name, in addition to AWS's or in place of one. */
  readonly documents?: Readonly<Record<string, DocumentContent>>;
  /** The MFA device without whose code no role is assumed. */
  readonly mfa?: MfaDevice;
  /** The permissions of the caller. Everything by default. */
  readonly iam?: Iam;
  /** Calls a second that the service answers, by operation of the API. Default: no limit. */
  readonly callRates?: CallRates;
  /** How Run Command differs from the usual. Scripts run in the environment of the sessions' agent. */
  readonly runCommand?: Omit<RunCommandOptions, 'environment'>;
  /** Sessions need just-in-time access, which this account grants so. */
  readonly access?: AccessSettings;
  /** Port of the endpoint. By default the system chooses. */
  readonly port?: number;
  /** Makes the id of the n-th session, counted from 1. Random by default. */
  readonly sessionId?: (nth: number) => string;
  /** The time of the service: when sessions start, and what its answers are dated. The machine's by default. */
  readonly now?: () => Date;
}
