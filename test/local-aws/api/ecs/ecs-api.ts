import { stringMember, type JsonObject } from '../../../../src/lib/json.ts';
import type { Request } from '../../iam/iam.ts';
import type { SessionResponse, StartSessionRequest } from '../../session/session-request.ts';
import { admitCall, type CallGate } from '../answers/admit-call.ts';
import { jsonRoute } from '../answers/json-service.ts';
import type { Route } from '../answers/route.ts';
import {
  describeTasks,
  ECS_ARN,
  assertExec,
  listClusters,
  listTasks,
  RUNTIME_ID,
  type LocalTask,
} from './local-tasks.ts';

/** What the API works on. */
export interface EcsBackend extends CallGate {
  /** Sessions are started by the service for the caller. */
  readonly startSession: (request: StartSessionRequest) => Promise<SessionResponse>;
  /** Undefined when every task that is named is known, and has the container `app`; lists are then empty. */
  readonly tasks: () => readonly LocalTask[] | undefined;
}

/**
 * What is asked of the Elastic Container Service: ExecuteCommand, which starts a session on the container of a task, and
 * what finds it.
 */
export function ecsRoute(backend: EcsBackend): Route {
  return jsonRoute({
    ...{ prefix: 'AmazonEC2ContainerServiceV20141113.', messageMember: 'message' },
    answer(operation, body) {
      admitCall(backend, operation, accessOf(operation, body));
      return answerTo(operation, body, backend);
    },
  });
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
