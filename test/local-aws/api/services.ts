import { commandEnvironment } from '../agent/programs/command-environment.ts';
import { accessDenied, type Iam } from '../iam/iam.ts';
import { ec2Access, systemsManagerAccess, type SessionResources } from '../iam/session-access.ts';
import type { LocalAwsOptions } from '../local-aws-options.ts';
import type { LocalSessions } from '../session/local-sessions.ts';
import { createAccessApi, type AccessApi } from './access-api.ts';
import type { CallGate } from './answers/admit-call.ts';
import type { ApiFailure } from './answers/refused-request.ts';
import type { Route } from './answers/route.ts';
import { createStsApi, isStsRequest, type StsCall } from './credentials/sts-api.ts';
import { databasesRoute } from './databases/databases-api.ts';
import { openSearchRoute } from './databases/opensearch-api.ts';
import type { Documents } from './documents-api.ts';
import { ecsRoute } from './ecs/ecs-api.ts';
import type { LocalTask } from './ecs/local-tasks.ts';
import { ec2Route } from './instances/ec2-api.ts';
import {
  createInstanceConnectApi,
  type InstanceConnectApi,
} from './instances/instance-connect-api.ts';
import type { NodeList } from './instances/node-list.ts';
import { createPausedOperations, type PausedOperations } from './operations/paused-operations.ts';
import { createRefusals, type Refusals } from './operations/refusals.ts';
import { createRunCommandApi, type RunCommandApi } from './run-command/run-command-api.ts';
import { secretsRoute } from './secrets-api.ts';
import { systemsManagerRoute, type ApiCall } from './ssm-api.ts';

/** What the services have been asked so far, what was refused included. */
export interface ServiceCalls {
  /** Calls of Systems Manager. */
  readonly apiCalls: readonly ApiCall[];
  /** Operations of EC2. */
  readonly ec2Calls: readonly string[];
  /** Operations of ECS. */
  readonly ecsCalls: readonly string[];
  /** Operations of EC2 Instance Connect. */
  readonly instanceConnectCalls: readonly string[];
  /** Operations of the services that have databases. */
  readonly databaseCalls: readonly string[];
  /** Calls of STS. */
  readonly stsCalls: readonly StsCall[];
}

/** The same, as it grows; STS records its own. */
interface Recorded {
  readonly apiCalls: ApiCall[];
  readonly ec2Calls: string[];
  readonly ecsCalls: string[];
  readonly instanceConnectCalls: string[];
  readonly databaseCalls: string[];
}

/** The services of AWS, and what tests change of them. */
export interface Services {
  /** Each request is for the first one that it fits. */
  readonly routes: readonly Route[];
  readonly calls: ServiceCalls;
  readonly access: AccessApi;
  readonly instanceConnect: InstanceConnectApi;
  readonly paused: PausedOperations;
  readonly refusals: Refusals;
  readonly resources: SessionResources;
  readonly runCommand: RunCommandApi;
  /** Replaces the tasks of ECS. */
  readonly replaceTasks: (next: readonly LocalTask[]) => void;
}

/** What the services work on. */
export interface ServicesBackend {
  readonly options: LocalAwsOptions;
  readonly iam: Iam;
  readonly nodeList: NodeList;
  readonly documents: Documents;
  readonly sessions: LocalSessions;
}

/** The region of everything that does not name another one. */
export const LOCAL_REGION = 'us-east-1';
/** What STS returns: nothing checks it. */
const STS_CREDENTIALS = {
  accessKeyId: 'ASIALOCAL',
  secretAccessKey: 'local-secret',
  sessionToken: 'local-token',
  expiration: Date.UTC(2100, 0),
};
/** EC2 has its own name for an access that is not allowed. */
const EC2_DENIED = { status: 403, type: 'UnauthorizedOperation' };

/** The services of one account. */
export function createServices(backend: ServicesBackend): Services {
  const { options, iam, nodeList, documents, sessions } = backend;
  const { nodes } = nodeList;
  const { now = () => new Date() } = options;
  const refusals = createRefusals(options.callRates ?? {});
  const paused = createPausedOperations();
  const access = createAccessApi(options.access, options.now);
  const sts = createStsApi(STS_CREDENTIALS, options.mfa);
  const runCommand = createRunCommandApi(nodes, {
    ...options.runCommand,
    environment: () => commandEnvironment(options.sessions?.agent ?? {}),
  });
  const resources: SessionResources = {
    ...{ region: LOCAL_REGION, nodes },
    targetOf: (sessionId) => sessions.find(sessionId)?.request.Target,
  };
  const recorded: Recorded = {
    ...{ apiCalls: [], ec2Calls: [], ecsCalls: [], instanceConnectCalls: [], databaseCalls: [] },
  };
  let { tasks } = options;
  const gate = (calls?: string[]): CallGate => ({
    iam,
    onCall: (operation) => void calls?.push(operation),
    refusal: (operation) => refusals.refusal(operation),
  });
  const denied = (message: string | undefined): ApiFailure | undefined =>
    message === undefined ? undefined : accessDenied(message);
  const ofDatabases = { ...gate(recorded.databaseCalls), databases: options.databases ?? [] };
  const instanceConnect = createInstanceConnectApi({
    ...gate(recorded.instanceConnectCalls),
    ...{ region: LOCAL_REGION, nodes, now },
  });
  const routes: readonly Route[] = [
    ec2Route({
      nodes,
      change: (id, changes) => nodeList.change(id, changes),
      refusal(operation, instances) {
        const message = iam.refusal(ec2Access(operation, instances, LOCAL_REGION));
        const ofCaller = message === undefined ? undefined : { message, ...EC2_DENIED };
        return refusals.refusal(operation) ?? ofCaller;
      },
      onCall: (operation) => void recorded.ec2Calls.push(operation),
    }),
    databasesRoute('rds', ofDatabases),
    databasesRoute('elasticache', ofDatabases),
    databasesRoute('redshift', ofDatabases),
    openSearchRoute(ofDatabases),
    secretsRoute({ ...gate(), secrets: options.secrets ?? {} }),
    ecsRoute({
      ...gate(recorded.ecsCalls),
      startSession: (request) => sessions.start(request, {}, 'ecs-execute-command'),
      tasks: () => tasks,
    }),
    instanceConnect.route,
    { isFor: isStsRequest, listener: sts.listener },
    systemsManagerRoute({
      calls: recorded.apiCalls,
      find: (sessionId) => sessions.find(sessionId),
      all: () => sessions.all(),
      start: (request) => sessions.start(request, {}, 'local'),
      ...{ nodes, documents, runCommand, access },
      onlyNodes: options.nodes !== undefined,
      onConnectionStatus: (target) => nodeList.bootOn(target),
      refusal: (operation, body, call) =>
        refusals.refusal(operation) ??
        denied(access.refusal(operation, call)) ??
        denied(iam.refusal(systemsManagerAccess(operation, body, resources))),
      mayAnswer: (operation) => paused.mayAnswer(operation),
    }),
  ];
  return {
    ...{ routes, access, instanceConnect, paused, refusals, resources, runCommand },
    calls: { ...recorded, stsCalls: sts.calls },
    replaceTasks(next) {
      tasks = next;
    },
  };
}
