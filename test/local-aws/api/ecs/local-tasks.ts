import { stringMember, type JsonObject } from '../../../../src/lib/json.ts';
import { pageOf } from '../answers/page.ts';
import { RefusedRequest } from '../answers/refused-request.ts';
import { LOCAL_IDENTITY } from '../credentials/sts-api.ts';

/** A task of ECS. */
export interface LocalTask {
  readonly cluster: string;
  readonly id: string;
  /** Left out for a task that no service has started. */
  readonly service?: string;
  /** Default: `RUNNING`. */
  readonly status?: string;
  readonly stoppedReason?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  /** Default: true. */
  readonly enableExecuteCommand?: boolean;
  readonly containers: readonly LocalContainer[];
}

/** A container of a task. */
export interface LocalContainer {
  readonly name: string;
  readonly image?: string;
  /** The state of the agent of ECS Exec. Default: `RUNNING`. */
  readonly agentStatus?: string;
  readonly agentReason?: string;
}

export const ECS_ARN = `arn:aws:ecs:us-east-1:${LOCAL_IDENTITY.account}`;
/** Results in one answer of ListClusters and ListTasks (ECS API). */
const LIMITS = { least: 1, most: 100, byDefault: 100 };
/** Most tasks of one request (ECS API, DescribeTasks). */
const MOST_DESCRIBED = 100;
const RUNNING = 'RUNNING';
const MS_PER_SECOND = 1000;
/** The id that the runtime of every container has given it. */
export const RUNTIME_ID = '0123456789abcdef0123456789abcdef-1234567890';

/** The answer of ListClusters. */
export function listClusters(tasks: readonly LocalTask[], request: JsonObject): JsonObject {
  const names = [...new Set(tasks.map(({ cluster }) => cluster))];
  return listOf('clusterArns', names.map(clusterArn), request);
}

/** The answer of ListTasks, which leaves out tasks that have stopped; throws {@link RefusedRequest}. */
export function listTasks(tasks: readonly LocalTask[], request: JsonObject): JsonObject {
  const service = stringMember(request, 'serviceName');
  const all = tasksIn(tasks, request).filter((task) => service === '' || task.service === service);
  if (all.length === 0 && service !== '') {
    throw new RefusedRequest('ServiceNotFoundException', 'Service not found.');
  }
  const arns = all.filter(({ status }) => status !== 'STOPPED').map(taskArn);
  return listOf('taskArns', arns, request);
}

/** The answer of DescribeTasks; throws {@link RefusedRequest}. */
export function describeTasks(tasks: readonly LocalTask[], request: JsonObject): JsonObject {
  const ids = Array.isArray(request['tasks']) ? request['tasks'].map(String) : [];
  if (ids.length > MOST_DESCRIBED) {
    throw new RefusedRequest(
      'InvalidParameterException',
      'Tasks cannot have more than 100 elements',
    );
  }
  const found = tasksIn(tasks, request).filter(({ id }) => ids.includes(id));
  return { tasks: found.map(describe), failures: [] };
}

/**
 * Throws {@link RefusedRequest} for a container on which ExecuteCommand can start no session, as the service does (ECS API; the message of `InvalidParameterException` is in its user guide, "Troubleshoot Amazon ECS Exec").
 */
export function assertExec(tasks: readonly LocalTask[], request: JsonObject): void {
  const task = tasksIn(tasks, request).find(({ id }) => id === stringMember(request, 'task'));
  const name = stringMember(request, 'container');
  const container = task?.containers.find((one) => one.name === name);
  if (task === undefined || container === undefined) {
    throw new RefusedRequest('InvalidParameterException', 'The container was not found.');
  }
  const { agentStatus = RUNNING } = container;
  if (task.enableExecuteCommand === false || agentStatus !== RUNNING) {
    throw new RefusedRequest(
      'InvalidParameterException',
      'The execute command failed because execute command was not enabled when the task was run or the execute ' +
        'command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
    );
  }
}

function tasksIn(tasks: readonly LocalTask[], request: JsonObject): readonly LocalTask[] {
  const cluster = stringMember(request, 'cluster');
  const found = tasks.filter((task) => task.cluster === cluster);
  if (found.length > 0) return found;
  throw new RefusedRequest('ClusterNotFoundException', 'Cluster not found.');
}

function describe(task: LocalTask): JsonObject {
  const { cluster, service, status = RUNNING, stoppedReason, startedAt } = task;
  const isExecEnabled = task.enableExecuteCommand ?? true;
  return {
    taskArn: taskArn(task),
    clusterArn: clusterArn(cluster),
    taskDefinitionArn: `${ECS_ARN}:task-definition/${service ?? 'job'}:3`,
    group: service === undefined ? 'family:job' : `service:${service}`,
    lastStatus: status,
    enableExecuteCommand: isExecEnabled,
    ...(stoppedReason === undefined ? {} : { stoppedReason }),
    ...(startedAt === undefined ? {} : { startedAt: startedAt / MS_PER_SECOND }),
    containers: task.containers.map(({ name, image = `${name}:1`, agentStatus, agentReason }) => ({
      ...{ name, image, lastStatus: status, runtimeId: RUNTIME_ID },
      managedAgents: isExecEnabled
        ? [
            {
              name: 'ExecuteCommandAgent',
              lastStatus: agentStatus ?? RUNNING,
              ...(agentReason === undefined ? {} : { reason: agentReason }),
            },
          ]
        : [],
    })),
  };
}

/** The lists of ECS begin their members with small letters. */
function listOf(member: string, arns: readonly string[], request: JsonObject): JsonObject {
  const { maxResults, nextToken: token } = request;
  const { items, nextToken } = pageOf(arns, { MaxResults: maxResults, NextToken: token }, LIMITS);
  return { [member]: items, ...(nextToken === undefined ? {} : { nextToken }) };
}

function clusterArn(cluster: string): string {
  return `${ECS_ARN}:cluster/${cluster}`;
}

function taskArn({ cluster, id }: LocalTask): string {
  return `${ECS_ARN}:task/${cluster}/${id}`;
}
