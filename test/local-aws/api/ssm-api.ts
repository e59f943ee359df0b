import type { IncomingMessage } from 'node:http';
import { stringMember, type JsonObject } from '../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../src/protocol/json-payload.ts';
import { describeSessions } from './describe-sessions.ts';
import { assertParameters, getDocument, listDocuments, type Documents } from './documents-api.ts';
import type { AccessApi } from './access-api.ts';
import { accessKeyIdOf, answerJson, readBody } from './answers/json-request.ts';
import { listenerOf, type Route } from './answers/route.ts';
import {
  connectionStatus,
  describeNodes,
  isConnected,
  nodesIn,
  type LocalNode,
} from './nodes-api.ts';
import { RefusedRequest, type ApiFailure } from './answers/refused-request.ts';
import type { RunCommandApi } from './run-command/run-command-api.ts';
import type { ServiceSession } from '../session/session.ts';
import {
  InvalidRequest,
  readStartSessionRequest,
  type SessionResponse,
  type StartSessionRequest,
} from '../session/session-request.ts';

/** A call of the SSM API, as it came. */
export interface ApiCall {
  /** `StartSession`, `ResumeSession`, …, or what else was asked for. */
  readonly operation: string;
  /** When it came, in milliseconds of a monotonic clock. */
  readonly at: number;
  /** The session it is about; empty for StartSession. */
  readonly sessionId: string;
  /** The Authorization header; empty when the call is not signed. Signatures are not checked. */
  readonly authorization: string;
  /** The access key id in it. */
  readonly accessKeyId: string;
  /** The X-Amz-Security-Token header; empty without temporary credentials. */
  readonly securityToken: string;
  readonly userAgent: string;
}

/** What the API works on. */
export interface ApiBackend {
  readonly calls: ApiCall[];
  find(sessionId: string): ServiceSession | undefined;
  all(): readonly ServiceSession[];
  start(request: StartSessionRequest): Promise<SessionResponse>;
  readonly nodes: readonly LocalNode[];
  readonly documents: Documents;
  readonly runCommand: RunCommandApi;
  readonly access: AccessApi;
  /** Whether sessions are started only on nodes whose agent is connected. */
  readonly onlyNodes: boolean;
  /** What an operation is refused with; undefined when it is not. */
  refusal(operation: string, body: JsonObject, call: ApiCall): ApiFailure | undefined;
  /** Whether the agent of a target is connected was asked, and has been answered or refused. */
  onConnectionStatus(target: string): void;
  /** Resolves when an operation may be answered. */
  mayAnswer(operation: string): Promise<void>;
}

const TARGET_PREFIX = 'AmazonSSM.';
const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** An answer in the form of AWS JSON 1.1. */
type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: JsonObject }
  | { readonly kind: 'hang-up' }
  | { readonly kind: 'silence' };

function ok(body: object): Answer {
  return { kind: 'answer', status: 200, body: { ...body } };
}

function failure(status: number, type: string, message: string): Answer {
  return { kind: 'answer', status, body: { __type: type, message } };
}

/** Systems Manager: every request that is for no other service. */
export function systemsManagerRoute(backend: ApiBackend): Route {
  return {
    isFor: () => true,
    listener: listenerOf(async (request, response) => {
      const regional = { ...backend, nodes: nodesIn(backend.nodes, request.headers.authorization) };
      const result = await answer(request, await readBody(request), regional);
      switch (result.kind) {
        case 'answer':
          answerJson(response, result.status, result.body, CONTENT_TYPE);
          return;
        case 'hang-up':
          request.socket.destroy();
          return;
        case 'silence':
      }
    }),
  };
}

async function answer(
  request: IncomingMessage,
  text: string,
  backend: ApiBackend,
): Promise<Answer> {
  const target = header(request, 'x-amz-target');
  const operation = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : target;
  let body: JsonObject;
  try {
    body = parseJsonPayload(Buffer.from(text), 'request');
  } catch {
    return failure(400, 'SerializationException', 'the request is not a JSON object');
  }
  const call = record(request, operation, body);
  backend.calls.push(call);
  await backend.mayAnswer(operation);
  const refusal = backend.refusal(operation, body, call);
  try {
    if (refusal !== undefined) return failure(refusal.status, refusal.type, refusal.message);
    return await dispatch(operation, body, backend);
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    return failure(error.failure.status, error.failure.type, error.failure.message);
  } finally {
    if (operation === 'GetConnectionStatus') {
      backend.onConnectionStatus(stringMember(body, 'Target'));
    }
  }
}

function record(request: IncomingMessage, operation: string, body: JsonObject): ApiCall {
  const authorization = header(request, 'authorization');
  return {
    operation,
    at: performance.now(),
    sessionId: stringMember(body, 'SessionId'),
    authorization,
    accessKeyId: accessKeyIdOf(request),
    securityToken: header(request, 'x-amz-security-token'),
    userAgent: header(request, 'user-agent'),
  };
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

async function dispatch(operation: string, body: JsonObject, backend: ApiBackend): Promise<Answer> {
  switch (operation) {
    case 'StartSession':
      try {
        return ok(await start(readStartSessionRequest(body), backend));
      } catch (error) {
        if (!(error instanceof InvalidRequest)) throw error;
        return failure(400, 'InvalidDocument', error.message);
      }
    case 'DescribeSessions':
      return ok(describeSessions(backend.all(), body));
    case 'DescribeInstanceInformation':
      return ok(describeNodes(backend.nodes, body));
    case 'GetDocument':
      return ok(getDocument(backend.documents, body));
    case 'ListDocuments':
      return ok(listDocuments(backend.documents, backend.access.policies, body));
    case 'GetConnectionStatus':
      return ok(connectionStatus(backend.nodes, body));
    case 'ResumeSession':
    case 'TerminateSession': {
      const sessionId = stringMember(body, 'SessionId');
      const session = backend.find(sessionId);
      if (session === undefined) {
        return failure(400, 'DoesNotExistException', `Session ${sessionId} does not exist`);
      }
      return operation === 'ResumeSession' ? resume(session) : terminate(session);
    }
    default: {
      const result =
        backend.access.answer(operation, body) ?? backend.runCommand.answer(operation, body);
      return result === undefined
        ? failure(400, 'UnknownOperationException', `no operation ${operation}`)
        : ok(result);
    }
  }
}

function start(request: StartSessionRequest, backend: ApiBackend): Promise<SessionResponse> {
  const node = backend.nodes.find(({ id }) => id === request.Target);
  // Tasks of ECS are no managed nodes.
  const mustBeNode = backend.onlyNodes && !request.Target.startsWith('ecs:');
  if (mustBeNode && (node === undefined || !isConnected(node))) {
    throw new RefusedRequest('TargetNotConnected', `${request.Target} is not connected.`);
  }
  assertParameters(backend.documents, request.DocumentName, request.Parameters ?? {});
  return backend.start(request);
}

function resume(session: ServiceSession): Answer {
  const result = session.resume();
  if ('SessionId' in result) return ok(result);
  switch (result.kind) {
    case 'down':
      return { kind: 'hang-up' };
    case 'silent':
      return { kind: 'silence' };
    case 'error':
      return failure(result.status, result.type, result.message);
  }
}

function terminate(session: ServiceSession): Answer {
  session.terminateBy({ by: 'api', output: '' });
  return ok({ SessionId: session.sessionId });
}
