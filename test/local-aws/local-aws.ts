import { randomBytes } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { DocumentContent } from './api/document-content.ts';
import { documentsWith } from './api/documents-api.ts';
import { handleEc2Request, isForEc2 } from './api/ec2-api.ts';
import { createAccessApi, type AccessSettings, type LocalAccessRequest } from './api/access-api.ts';
import { nodesIn, type LocalNode } from './api/nodes-api.ts';
import {
  createPausedOperations,
  type PausedOperation,
} from './api/operations/paused-operations.ts';
import { createCallRates, type CallRates } from './api/operations/call-rates.ts';
import type { ApiFailure } from './api/page.ts';
import type { LocalCommand } from './api/run-command/local-command.ts';
import { createRunCommandApi, type RunCommandOptions } from './api/run-command/run-command-api.ts';
import { handleApiRequest, type ApiCall } from './api/ssm-api.ts';
import type { AgentOptions } from './agent/agent-options.ts';
import { commandEnvironment } from './agent/programs/command-environment.ts';
import { handleDatabasesRequest, isForDatabases } from './api/databases/databases-api.ts';
import type { LocalDatabase } from './api/databases/local-database.ts';
import { handleSecretsRequest, isSecretsRequest } from './api/secrets-api.ts';
import { createEcsApi, isEcsRequest } from './api/ecs/ecs-api.ts';
import type { LocalTask } from './api/ecs/local-tasks.ts';
import {
  createInstanceConnectApi,
  isInstanceConnectRequest,
  type InstanceConnectApi,
} from './api/instance-connect-api.ts';
import type { Faults } from './faults.ts';
import { startCuttingRelay, type CuttingRelay } from './gateway/cutting-relay.ts';
import { attachGateway, DATA_CHANNEL_PATH } from './gateway/gateway.ts';
import type { LocalSession } from './local-session.ts';
import type { SessionLifetime } from './session-lifetime.ts';
import { createSession, type ServiceSession } from './session.ts';
import { createStsApi, LOCAL_IDENTITY, type MfaDevice, type StsCall } from './api/sts-api.ts';
import { accessDenied, createIam, type Iam } from './iam/iam.ts';
import { dataChannelAccess, ec2Access, systemsManagerAccess } from './iam/session-access.ts';
import { planSession, type SessionResponse, type StartSessionRequest } from './session-request.ts';

export type { AgentEncryption, AgentOptions, DecryptDataKey } from './agent/agent-options.ts';
export {
  commandDocument,
  documentContent,
  sessionPreferences,
  type DocumentContent,
} from './api/document-content.ts';
export type { LocalNode } from './api/nodes-api.ts';
export type { LocalTask } from './api/ecs/local-tasks.ts';
export type { LocalDatabase } from './api/databases/local-database.ts';
export type { PausedOperation } from './api/operations/paused-operations.ts';
export type { ApiFailure } from './api/page.ts';
export type { LocalCommand } from './api/run-command/local-command.ts';
export type { ApiCall } from './api/ssm-api.ts';
export type { Cut, DirectionFaults, Faults } from './faults.ts';
export type { GatewayState } from './gateway/gateway.ts';
export { EXPIRED_TOKEN, type LocalSession, type ResumeBehaviour } from './local-session.ts';
export type { ConnectionRecord, SessionEnd, SessionRecord } from './session-record.ts';
export type { SessionResponse, StartSessionRequest } from './session-request.ts';

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

/** A Systems Manager service and target on this machine, without AWS. */
export interface LocalAws {
  /** URL of the endpoint for SSM, STS, EC2, EC2 Instance Connect and ECS: the plugin's ENDPOINT, the AWS CLI's `--endpoint-url`. */
  readonly endpoint: string;
  readonly region: string;
  /** Calls of the API so far, those that were refused included. */
  readonly apiCalls: readonly ApiCall[];
  /** Operations of the EC2 API that were called, those that were refused included. */
  readonly ec2Calls: readonly string[];
  /** Operations of the ECS API that were called, those that were refused included. */
  readonly ecsCalls: readonly string[];
  /** Operations of EC2 Instance Connect that were called, those that were refused included. */
  readonly instanceConnectCalls: readonly string[];
  /** SSH keys that were pushed to nodes, and those that they accept now. */
  readonly instanceConnect: Pick<InstanceConnectApi, 'pushedKeys' | 'activeKeys'>;
  /** Operations on databases that were called, those that were refused included. */
  readonly databaseCalls: readonly string[];
  /** Calls of STS so far, those that were refused included. */
  readonly stsCalls: readonly StsCall[];
  /** StartSession without HTTP. Rejects when AWS would refuse the request. */
  startSession(request: StartSessionRequest, options?: SessionOptions): Promise<SessionResponse>;
  /** The session with this id; throws when it is unknown. */
  session(sessionId: string): LocalSession;
  /** All sessions in the order of their start, ended ones included. */
  readonly sessions: readonly LocalSession[];
  /** The commands of Run Command, in the order in which they were sent. */
  readonly commands: readonly LocalCommand[];
  /** Requests for just-in-time access, in their order. */
  readonly accessRequests: readonly LocalAccessRequest[];
  /** Resolves with the next session that is started from now on. */
  nextSession(): Promise<LocalSession>;
  /** Answers an operation of the API with this error from now on; with undefined, as usual again. */
  refuse(operation: string, failure: ApiFailure | undefined): void;
  /**
   * Neither answers nor performs an operation of the API until it is released.
   *
   * @param after - this many calls are answered before
   */
  pause(operation: string, after?: number): PausedOperation;
  /** Changes a node, as what happens to its machine does. */
  changeNode(id: string, changes: Partial<LocalNode>): void;
  /**
   * Replaces a node, as an Auto Scaling group does: the service knows the old one for a while, and its sessions end.
   */
  replaceNode(id: string, next: LocalNode): void;
  /** Replaces the tasks of ECS, as a deployment does. Their sessions are those of others: they end by themselves. */
  replaceTasks(next: readonly LocalTask[]): void;
  /** Ends every session and closes every socket; resolves when no process is left. */
  close(): Promise<void>;
}

/** The default node. */
const DEFAULT_NODES: readonly LocalNode[] = [{ id: 'i-0123456789abcdef0', nameTag: 'local' }];
/** What documents call the platforms of nodes. */
const PLATFORMS = { Linux: 'linux', Windows: 'windows', MacOS: 'macos' } as const;
/** What STS returns: nothing checks it. */
const STS_CREDENTIALS = {
  accessKeyId: 'ASIALOCAL',
  secretAccessKey: 'local-secret',
  sessionToken: 'local-token',
  expiration: Date.UTC(2100, 0),
};
/** What distinguishes requests of AWS's query protocol, which STS uses, from those of SSM. */
const QUERY_CONTENT_TYPE = 'application/x-www-form-urlencoded';
const LOOPBACK = '127.0.0.1';
const REGION = 'us-east-1';
/** How ids of sessions begin: with the user's name, or, where Amazon ECS starts them, as it does. */
const LOCAL_SESSION = 'local';
const ECS_SESSION = 'ecs-execute-command';
/** How targets in containers of ECS begin. */
const CONTAINER_TARGET = 'ecs:';
/** EC2 has its own name for an access that is not allowed. */
const EC2_DENIED = { status: 403, type: 'UnauthorizedOperation' };
/** Hexadecimal digits after the user's name in a session's id. */
const SESSION_ID_DIGITS = 17;

/** Starts the local target on a port of the loopback interface. */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { tls, hostName = LOOPBACK } = options;
  const sessions = new Map<string, ServiceSession>();
  const calls: ApiCall[] = [];
  const ec2Calls: string[] = [];
  const ecsCalls: string[] = [];
  const instanceConnectCalls: string[] = [];
  const databaseCalls: string[] = [];
  let { tasks } = options;
  const refusals = new Map<string, ApiFailure>();
  const paused = createPausedOperations();
  const iam = options.iam ?? createIam(LOCAL_IDENTITY);
  const nodes = [...(options.nodes ?? DEFAULT_NODES)];
  const documents = documentsWith(options.documents ?? {});
  const throttled = createCallRates(options.callRates ?? {}, () => performance.now());
  const refusal = (operation: string): ApiFailure | undefined => {
    const refused = refusals.get(operation);
    if (refused?.times === undefined) return refused ?? throttled(operation);
    if (refused.times === 1) refusals.delete(operation);
    else refusals.set(operation, { ...refused, times: refused.times - 1 });
    return refused;
  };
  const runCommand = createRunCommandApi(nodes, {
    ...options.runCommand,
    environment: () => commandEnvironment(options.sessions?.agent ?? {}),
  });
  const access = createAccessApi(options.access, options.now);
  const sts = createStsApi(STS_CREDENTIALS, options.mfa);
  let awaiting: ((session: LocalSession) => void)[] = [];
  let closing = false;

  const ecs = createEcsApi({
    startSession: (request) => startSession(request, {}, ECS_SESSION),
    ...{ iam, refusal, tasks: () => tasks },
    onCall: (operation) => void ecsCalls.push(operation),
  });
  const instanceConnect = createInstanceConnectApi({
    ...{ region: REGION, nodes, iam, refusal },
    onCall: (operation) => void instanceConnectCalls.push(operation),
    now: options.now ?? (() => new Date()),
  });
  const changeNode = (id: string, changes: Partial<LocalNode>): void => {
    const at = nodes.findIndex((node) => node.id === id);
    const old = nodes[at];
    if (old === undefined) throw new Error(`no node ${id}`);
    nodes[at] = { ...old, ...changes };
  };
  /** An instance that has been started gets further. */
  const bootOn = (id: string): void => {
    const { boot: [step, ...rest] = [], instanceState } =
      nodes.find((node) => node.id === id) ?? {};
    if (step === undefined || instanceState === 'stopped' || instanceState === 'stopping') return;
    changeNode(id, { ...step, boot: rest });
  };
  const resources = {
    region: REGION,
    nodes,
    targetOf: (sessionId: string) => sessions.get(sessionId)?.request.Target,
  };

  const answerRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (options.now !== undefined) response.setHeader('date', options.now().toUTCString());
    if (isForEc2(request)) {
      handleEc2Request(request, response, {
        nodes: nodesIn(nodes, request.headers.authorization),
        change: changeNode,
        refusal: (operation, instances) =>
          refusal(operation) ??
          denied(iam.refusal(ec2Access(operation, instances, REGION)), EC2_DENIED),
        onCall: (operation) => void ec2Calls.push(operation),
      }).catch(() => request.socket.destroy());
      return;
    }
    if (isForDatabases(request)) {
      handleDatabasesRequest(request, response, {
        ...{ databases: options.databases ?? [], iam, refusal },
        onCall: (operation) => void databaseCalls.push(operation),
      }).catch(() => request.socket.destroy());
      return;
    }
    if (isSecretsRequest(request)) {
      const backend = { secrets: options.secrets ?? {}, iam };
      handleSecretsRequest(request, response, backend).catch(() => request.socket.destroy());
      return;
    }
    if (isEcsRequest(request)) {
      ecs(request, response);
      return;
    }
    if (isInstanceConnectRequest(request)) {
      instanceConnect.listener(request, response);
      return;
    }
    if (request.headers['content-type']?.startsWith(QUERY_CONTENT_TYPE) === true) {
      sts.listener(request, response);
      return;
    }
    handleApiRequest(request, response, {
      calls,
      find: (sessionId) => sessions.get(sessionId),
      all: () => [...sessions.values()],
      start: (startRequest) => startSession(startRequest, {}),
      nodes: nodesIn(nodes, request.headers.authorization),
      documents,
      runCommand,
      onlyNodes: options.nodes !== undefined,
      onConnectionStatus: bootOn,
      access,
      refusal: (operation, body, call) =>
        refusal(operation) ??
        denied(access.refusal(operation, call)) ??
        denied(iam.refusal(systemsManagerAccess(operation, body, resources))),
      mayAnswer: (operation) => paused.mayAnswer(operation),
    }).catch(() => request.socket.destroy());
  };
  const server =
    tls === undefined
      ? createHttpServer(answerRequest)
      : createHttpsServer({ key: tls.key, cert: tls.cert }, answerRequest);
  const gateway = attachGateway(server, {
    find: (sessionId) => sessions.get(sessionId),
    mayOpen: (sessionId, accessKeyId) =>
      access.maySign(accessKeyId) &&
      iam.refusal([dataChannelAccess(sessionId, resources)]) === undefined,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, LOOPBACK, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const relays: CuttingRelay[] = [];

  const streamUrlOf = (sessionId: string, query: string, nth: number, streamPort: number): string =>
    `${tls === undefined ? 'ws' : 'wss'}://${hostName}:${streamPort}${DATA_CHANNEL_PATH}${sessionId}` +
    `?role=publish_subscribe&cell-number=local-${nth}${query === '' ? '' : `&${query}`}`;

  const startSession = async (
    request: StartSessionRequest,
    own: SessionOptions,
    prefix = LOCAL_SESSION,
  ): Promise<SessionResponse> => {
    if (closing) throw new Error('the local target is closed');
    const all = options.sessions;
    const node = nodes.find(({ id }) => id === request.Target);
    const plan = planSession(
      request,
      documents.get(request.DocumentName ?? ''),
      PLATFORMS[node?.platformType ?? 'Linux'],
    );
    const faults = own.faults ?? all?.faults ?? {};
    let streamPort = port;
    if (faults.cuts !== undefined && faults.cuts.length > 0) {
      const relay = await startCuttingRelay(port, faults.cuts);
      relays.push(relay);
      streamPort = relay.port;
    }
    const sessionId = options.sessionId?.(sessions.size + 1) ?? randomSessionId(prefix);
    const query = own.streamUrlQuery ?? all?.streamUrlQuery ?? '';
    const session = createSession({
      sessionId,
      request,
      plan,
      agent: {
        container: request.Target.startsWith(CONTAINER_TARGET),
        ...all?.agent,
        ...own.agent,
      },
      faults,
      lifetime: own.lifetime ?? all?.lifetime,
      startedAt: options.now?.() ?? new Date(),
      streamUrl: (nth) => streamUrlOf(sessionId, query, nth, streamPort),
    });
    sessions.set(sessionId, session);
    const waiting = awaiting;
    awaiting = [];
    for (const resolve of waiting) resolve(session);
    return session.response;
  };

  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://${hostName}:${port}`,
    region: REGION,
    apiCalls: calls,
    ec2Calls,
    ecsCalls,
    instanceConnectCalls,
    instanceConnect,
    databaseCalls,
    replaceTasks(next) {
      tasks = next;
    },
    stsCalls: sts.calls,
    startSession: (request, sessionOptions = {}) => startSession(request, sessionOptions),
    session(sessionId) {
      const session = sessions.get(sessionId);
      if (session === undefined) throw new Error(`no session ${sessionId}`);
      return session;
    },
    get sessions() {
      return [...sessions.values()];
    },
    commands: runCommand.commands,
    accessRequests: access.requests,
    nextSession: () =>
      new Promise((resolve) => {
        awaiting.push(resolve);
      }),
    refuse(operation, failure) {
      if (failure === undefined) refusals.delete(operation);
      else refusals.set(operation, failure);
    },
    pause: (operation, after = 0) => paused.pause(operation, after),
    changeNode,
    replaceNode(id, next) {
      const at = nodes.findIndex((node) => node.id === id);
      const old = nodes[at];
      if (old === undefined) throw new Error(`no node ${id}`);
      nodes.splice(at, 1, { ...old, pingStatus: 'ConnectionLost', connected: false }, next);
      for (const session of sessions.values()) {
        if (session.request.Target === id) session.terminate();
      }
    },
    async close() {
      closing = true;
      await runCommand.close();
      await Promise.all([...sessions.values()].map((session) => session.close()));
      gateway.close();
      for (const relay of relays) relay.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The error of a call that the caller's policies do not allow. */
function denied(message: string | undefined, of?: Partial<ApiFailure>): ApiFailure | undefined {
  return message === undefined ? undefined : { ...accessDenied(message), ...of };
}

function randomSessionId(prefix: string): string {
  return `${prefix}-${randomBytes(SESSION_ID_DIGITS).toString('hex').slice(0, SESSION_ID_DIGITS)}`;
}
