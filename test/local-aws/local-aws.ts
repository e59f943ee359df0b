import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server } from 'node:net';
import type { LocalAccessRequest } from './api/access-api.ts';
import type { ApiFailure } from './api/answers/refused-request.ts';
import { createServices, LOCAL_REGION, type ServiceCalls } from './api/services.ts';
import { LOCAL_IDENTITY } from './api/credentials/sts-api.ts';
import { documentsWith } from './api/documents-api.ts';
import type { LocalTask } from './api/ecs/local-tasks.ts';
import type { InstanceConnectApi } from './api/instances/instance-connect-api.ts';
import { createNodeList } from './api/instances/node-list.ts';
import type { LocalNode } from './api/nodes-api.ts';
import type { PausedOperation } from './api/operations/paused-operations.ts';
import type { LocalCommand } from './api/run-command/local-command.ts';
import { attachGateway, DATA_CHANNEL_PATH } from './gateway/gateway.ts';
import { createIam } from './iam/iam.ts';
import { dataChannelAccess } from './iam/session-access.ts';
import type { LocalAwsOptions, SessionOptions } from './local-aws-options.ts';
import type { LocalSession } from './session/local-session.ts';
import { createLocalSessions } from './session/local-sessions.ts';
import {
  planSession,
  type SessionResponse,
  type StartSessionRequest,
} from './session/session-request.ts';

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
export type { ApiFailure } from './api/answers/refused-request.ts';
export type { LocalCommand } from './api/run-command/local-command.ts';
export type { ApiCall } from './api/ssm-api.ts';
export type { Cut, DirectionFaults, Faults } from './faults.ts';
export type { GatewayState } from './gateway/gateway.ts';
export { EXPIRED_TOKEN, type LocalSession, type ResumeBehaviour } from './session/local-session.ts';
export type { ConnectionRecord, SessionEnd, SessionRecord } from './session/session-record.ts';
export type { SessionResponse, StartSessionRequest } from './session/session-request.ts';
export type { LocalAwsOptions, SessionOptions } from './local-aws-options.ts';

/** A Systems Manager service and target on this machine, without AWS. */
export interface LocalAws extends ServiceCalls {
  /** URL of the endpoint for SSM, STS, EC2, EC2 Instance Connect and ECS: the plugin's ENDPOINT, the AWS CLI's `--endpoint-url`. */
  readonly endpoint: string;
  readonly region: string;
  /** SSH keys that were pushed to nodes, and those that they accept now. */
  readonly instanceConnect: Pick<InstanceConnectApi, 'pushedKeys' | 'activeKeys'>;
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
const LOOPBACK = '127.0.0.1';

/** Starts the local target on a port of the loopback interface. */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { tls, hostName = LOOPBACK, now = () => new Date() } = options;
  const iam = options.iam ?? createIam(LOCAL_IDENTITY);
  const nodeList = createNodeList(options.nodes ?? DEFAULT_NODES);
  const documents = documentsWith(options.documents ?? {});
  const sessions = createLocalSessions({
    defaults: options.sessions ?? {},
    plan: (request) =>
      planSession(
        request,
        documents.get(request.DocumentName ?? ''),
        PLATFORMS[nodeList.nodes.find(({ id }) => id === request.Target)?.platformType ?? 'Linux'],
      ),
    ...{ sessionId: options.sessionId, now },
    port: () => portOf(server),
    streamUrl: (sessionId, port) =>
      `${tls === undefined ? 'ws' : 'wss'}://${hostName}:${port}${DATA_CHANNEL_PATH}${sessionId}`,
  });
  const services = createServices({ options, iam, nodeList, documents, sessions });
  const { access, instanceConnect, refusals, resources } = services;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (options.now !== undefined) response.setHeader('date', now().toUTCString());
    services.routes.find(({ isFor }) => isFor(request))?.listener(request, response);
  };
  const server =
    tls === undefined
      ? createHttpServer(answer)
      : createHttpsServer({ key: tls.key, cert: tls.cert }, answer);
  const gateway = attachGateway(server, {
    find: (sessionId) => sessions.find(sessionId),
    mayOpen: (sessionId, accessKeyId) =>
      access.maySign(accessKeyId) &&
      iam.refusal([dataChannelAccess(sessionId, resources)]) === undefined,
  });
  server.listen(options.port ?? 0, LOOPBACK);
  await once(server, 'listening');

  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://${hostName}:${portOf(server)}`,
    region: LOCAL_REGION,
    ...services.calls,
    instanceConnect,
    replaceTasks: services.replaceTasks,
    startSession: (request, own = {}) => sessions.start(request, own, 'local'),
    session(sessionId) {
      const session = sessions.find(sessionId);
      if (session === undefined) throw new Error(`no session ${sessionId}`);
      return session;
    },
    get sessions() {
      return sessions.all();
    },
    commands: services.runCommand.commands,
    accessRequests: access.requests,
    nextSession: () => sessions.next(),
    refuse: (operation, failure) => refusals.refuse(operation, failure),
    pause: (operation, after = 0) => services.paused.pause(operation, after),
    changeNode: (id, changes) => nodeList.change(id, changes),
    replaceNode(id, next) {
      nodeList.replace(id, next);
      for (const session of sessions.all()) {
        if (session.request.Target === id) session.terminate();
      }
    },
    async close() {
      await services.runCommand.close();
      await sessions.close();
      gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
