import type { IncomingMessage, RequestListener } from 'node:http';
import { stringMember, type JsonObject } from '../../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../../src/protocol/json-payload.ts';
import { accessDenied, type Iam, type Request } from '../../iam/iam.ts';
import type { SessionResponse, StartSessionRequest } from '../../session-request.ts';
import { answerJson, readBody } from '../json-request.ts';
import { RefusedRequest, type ApiFailure } from '../page.ts';
import {
  describeTasks,
  ECS_ARN,
  assertExec,
  listClusters,
  listTasks,
  RUNTIME_ID,
  type LocalTask,
} from './local-tasks.ts';

const TARGET_PREFIX = 'AmazonEC2ContainerServiceV20141113.';
const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** Whether a request is for the Elastic Container Service. */
export function isEcsRequest(request: IncomingMessage): boolean {
  return String(request.headers['x-amz-target']).startsWith(TARGET_PREFIX);
}

/** What the API works on. */
export interface EcsBackend {
  readonly startSession: (request: StartSessionRequest) => Promise<SessionResponse>;
  /** The permissions of the caller; sessions are started by the service for it. */
  readonly iam: Iam;
  /** Undefined when every task that is named is known, and has the container `app`; lists are then empty. */
  readonly tasks: () => readonly LocalTask[] | undefined;
  /** Receives each call. */
  readonly onCall: (operation: string) => void;
  /** What an operation is refused with; undefined when it is not. */
  readonly refusal: (operation: string) => ApiFailure | undefined;
}

/**
 * What is asked of the Elastic Container Service: ExecuteCommand, which starts a session on the container of a task, and
 * what finds it.
 */
export function createEcsApi(backend: EcsBackend): RequestListener {
  return (request, response) => {
    const operation = String(request.headers['x-amz-target']).slice(TARGET_PREFIX.length);
    readBody(request)
      .then((text) => parseJsonPayload(Buffer.from(text), 'request'))
      .then(async (body) => {
        backend.onCall(operation);
        const refused = backend.iam.refusal(accessOf(operation, body));
        const failure = refused === undefined ? backend.refusal(operation) : accessDenied(refused);
        if (failure !== undefined) throw new Refusal(failure);
        answerJson(response, 200, await answerTo(operation, body, backend), CONTENT_TYPE);
      })
      .catch((error: unknown) => {
        if (!(error instanceof Refusal) && !(error instanceof RefusedRequest)) {
          request.socket.destroy();
          return;
        }
        const { status, type, message } = error.failure;
        answerJson(response, status, { __type: type, message }, CONTENT_TYPE);
      });
  };
}

class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

function answerTo(
  operation: string,
  body: JsonObject,
  backend: EcsBackend,
): object | Promise<object> {
  const tasks = backend.tasks() ?? everyTask(body);
  switch (operation) {
    case 'ListClusters':
      return listClusters(tasks, body);
    case 'ListTasks':
      return listTasks(tasks, body);
    case 'DescribeTasks':
      return describeTasks(tasks, body);
    default:
      return executeCommand(tasks, body, backend);
  }
}

/** The tasks that a request names: none for a request that lists. */
function everyTask(body: JsonObject): readonly LocalTask[] {
  const cluster = stringMember(body, 'cluster');
  const ids = Array.isArray(body['tasks']) ? body['tasks'].map(String) : [];
  return [...ids, stringMember(body, 'task')]
    .filter((id) => id !== '')
    .map((id) => ({ ...{ cluster, id }, containers: [{ name: 'app' }] }));
}

async function executeCommand(
  tasks: readonly LocalTask[],
  body: JsonObject,
  { startSession }: EcsBackend,
): Promise<object> {
  const [cluster, task] = [stringMember(body, 'cluster'), stringMember(body, 'task')];
  assertExec(tasks, body);
  const { SessionId, StreamUrl, TokenValue } = await startSession({
    Target: `ecs:${cluster}_${task}_${RUNTIME_ID}`,
    DocumentName: 'AWS-StartInteractiveCommand',
    Parameters: { command: [stringMember(body, 'command')] },
  });
  return {
    ...{
      clusterArn: `${ECS_ARN}:cluster/${cluster}`,
      taskArn: `${ECS_ARN}:task/${cluster}/${task}`,
    },
    ...{ containerName: stringMember(body, 'container'), interactive: true },
    session: { sessionId: SessionId, streamUrl: StreamUrl, tokenValue: TokenValue },
  };
}

/** What an operation needs to be allowed (Service Authorization Reference, "Amazon Elastic Container Service"). */
function accessOf(operation: string, body: JsonObject): readonly Request[] {
  const cluster = stringMember(body, 'cluster');
  const tasks = Array.isArray(body['tasks']) ? body['tasks'].map(String) : [];
  const action = `ecs:${operation}`;
  switch (operation) {
    case 'ListClusters':
    case 'ListTasks':
      return [{ action, resource: '*' }];
    case 'DescribeTasks':
      return tasks.map((task) => ({ action, resource: `${ECS_ARN}:task/${cluster}/${task}` }));
    default:
      return [
        { action, resource: `${ECS_ARN}:cluster/${cluster}` },
        { action, resource: `${ECS_ARN}:task/${cluster}/${stringMember(body, 'task')}` },
      ];
  }
}
