import { callFailures } from '../../../failures/calls.ts';
import { isJsonObject, objectMember, stringMember, type JsonObject } from '../../../lib/json.ts';
import type { SessionRequest, StartedSession } from '../../aws.ts';
import type { EcsContainer, EcsPlace, EcsTask } from '../../ecs.ts';
import { AwsError } from '../aws-error.ts';
import type { Call } from '../describe-failure.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { pagesOf } from './pages.ts';
import { callJson } from './direct/service-request.ts';

/** The Elastic Container Service (botocore, service-2.json of ecs). */
const ECS = {
  service: 'ecs',
  target: 'AmazonEC2ContainerServiceV20141113',
} as const;
/** Most results in one answer of ListClusters and ListTasks, and most tasks of one DescribeTasks (ECS API). */
const RESULTS_IN_A_PAGE = 100;
const MS_PER_SECOND = 1000;
/** How `group` names the service of a task (ECS API, `Task`). */
const SERVICE_GROUP = 'service:';
/** The agent of ECS Exec among those of a container (ECS API, `ManagedAgent`). */
const EXEC_AGENT = 'ExecuteCommandAgent';

/** A list of ARNs that has pages. */
interface ArnList {
  readonly operation: string;
  readonly input: JsonObject;
  /** Of the answer: the list. */
  readonly member: string;
}

const CLUSTERS: ArnList = { operation: 'ListClusters', input: {}, member: 'clusterArns' };

/** The names of the clusters. */
export async function listClusters(calls: SdkCalls): Promise<readonly string[]> {
  const what = about('ecs:ListClusters', 'the clusters', 'list the clusters of ECS');
  return (await listArns(calls, what, CLUSTERS)).map(lastPart);
}

/** The tasks of a cluster that are to run. @param service - undefined for all */
export async function listTasks(
  calls: SdkCalls,
  cluster: string,
  service: string | undefined,
): Promise<readonly EcsTask[]> {
  const place = service === undefined ? '' : `service ${service} in `;
  const object = `${place}cluster ${cluster}`;
  const what = about('ecs:ListTasks', object, `list the tasks of ${place}the cluster ${cluster}`);
  const list = { operation: 'ListTasks', member: 'taskArns' };
  const input = { cluster, ...(service === undefined ? {} : { serviceName: service }) };
  const ids = (await listArns(calls, what, { ...list, input })).map(lastPart);
  const tasks: EcsTask[] = [];
  for (let start = 0; start < ids.length; start += RESULTS_IN_A_PAGE) {
    tasks.push(
      ...(await describeTasks(calls, cluster, ids.slice(start, start + RESULTS_IN_A_PAGE))),
    );
  }
  return tasks;
}

/** The task with an id. */
export async function findTask(
  calls: SdkCalls,
  cluster: string,
  id: string,
): Promise<EcsTask | undefined> {
  const [task] = await describeTasks(calls, cluster, [id]);
  return task;
}

/** Starts a session on a container by ExecuteCommand; the command is that of the request's document. */
export async function executeCommand(
  calls: SdkCalls,
  { cluster, task, container }: EcsPlace,
  { targetTitle, parameters, onSend }: SessionRequest,
): Promise<StartedSession> {
  const what: Call = {
    action: 'ecs:ExecuteCommand',
    object: `container ${container} of task ${task} in cluster ${cluster}`,
    purpose: `start a session on ${targetTitle ?? container}`,
    subject: { kind: 'container', cluster, task },
  };
  const command = parameters?.['command']?.[0] ?? '';
  const input = { cluster, task, container, command, interactive: true };
  const answer = await callJson(calls, ECS, what, { operation: 'ExecuteCommand', input, onSend });
  const session = objectMember(answer, 'session');
  const [sessionId, tokenValue, streamUrl] = ['sessionId', 'tokenValue', 'streamUrl'].map((name) =>
    stringMember(session, name),
  );
  if (!sessionId || !tokenValue || !streamUrl) {
    throw new AwsError(callFailures['answer-incomplete'](what.purpose, 'session'));
  }
  return { sessionId, tokenValue, streamUrl };
}

async function listArns(
  calls: SdkCalls,
  what: Call,
  { operation, input, member }: ArnList,
): Promise<readonly string[]> {
  const arns: string[] = [];
  const pages = pagesOf(async (nextToken) => {
    const page = await callJson(calls, ECS, what, {
      operation,
      input: {
        ...{ ...input, maxResults: RESULTS_IN_A_PAGE },
        ...(nextToken === undefined ? {} : { nextToken }),
      },
    });
    return { ...page, NextToken: stringMember(page, 'nextToken') };
  });
  for await (const page of pages) {
    arns.push(...arrayOf(page, member).filter((arn) => typeof arn === 'string'));
  }
  return arns;
}

async function describeTasks(
  calls: SdkCalls,
  cluster: string,
  tasks: readonly string[],
): Promise<readonly EcsTask[]> {
  const object = `cluster ${cluster}`;
  const what = about('ecs:DescribeTasks', object, `find the tasks of the ${object}`);
  const answer = await callJson(calls, ECS, what, {
    operation: 'DescribeTasks',
    input: { cluster, tasks },
  });
  return arrayOf(answer, 'tasks')
    .filter((task) => isJsonObject(task))
    .map((task) => taskOf(task, cluster));
}

function taskOf(task: JsonObject, cluster: string): EcsTask {
  const { startedAt } = task;
  const group = stringMember(task, 'group');
  return {
    cluster,
    service: group.startsWith(SERVICE_GROUP) ? group.slice(SERVICE_GROUP.length) : '',
    id: lastPart(stringMember(task, 'taskArn')),
    definition: lastPart(stringMember(task, 'taskDefinitionArn')),
    status: stringMember(task, 'lastStatus'),
    startedAt: typeof startedAt === 'number' ? startedAt * MS_PER_SECOND : undefined,
    stoppedReason: stringMember(task, 'stoppedReason'),
    isExecEnabled: task['enableExecuteCommand'] === true,
    containers: arrayOf(task, 'containers')
      .filter((container) => isJsonObject(container))
      .map(containerOf),
  };
}

function containerOf(container: JsonObject): EcsContainer {
  const agent = arrayOf(container, 'managedAgents')
    .filter((one) => isJsonObject(one))
    .find((one) => stringMember(one, 'name') === EXEC_AGENT);
  return {
    name: stringMember(container, 'name'),
    image: stringMember(container, 'image'),
    status: stringMember(container, 'lastStatus'),
    runtimeId: stringMember(container, 'runtimeId'),
    agentStatus: agent === undefined ? '' : stringMember(agent, 'lastStatus'),
    agentReason: agent === undefined ? '' : stringMember(agent, 'reason'),
  };
}

function about(action: string, object: string, purpose: string): Call {
  return { action, object, purpose };
}

function arrayOf(object: JsonObject, member: string): readonly unknown[] {
  const value = object[member];
  return Array.isArray(value) ? value : [];
}

/** The name or id at the end of an ARN. */
function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
