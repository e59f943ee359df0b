import type { IncomingMessage, RequestListener } from 'node:http';
import { stringMember, type JsonObject } from '../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../src/protocol/json-payload.ts';
import { answerJson, readBody } from './json-request.ts';
import { accessDenied, type Iam, type Request } from '../iam/iam.ts';
import type { SessionResponse, StartSessionRequest } from '../session-request.ts';

const TARGET_PREFIX = 'AmazonEC2ContainerServiceV20141113.';
const CONTENT_TYPE = 'application/x-amz-json-1.1';
const ARN = 'arn:aws:ecs:us-east-1:123456789012';
/** The id that the runtime of every container has given it. */
const RUNTIME_ID = '0123456789abcdef0123456789abcdef-1234567890';

/** Whether a request is for the Elastic Container Service. */
export function isEcsRequest(request: IncomingMessage): boolean {
  return String(request.headers['x-amz-target']).startsWith(TARGET_PREFIX);
}

/**
 * What `aws ecs execute-command` asks of the Elastic Container Service: ExecuteCommand, which starts a
 * session on the container of a task, and DescribeTasks, which knows every task.
 *
 * @param iam - the permissions of the caller; the session is started by the service for it
 */
export function createEcsApi(
  startSession: (request: StartSessionRequest) => Promise<SessionResponse>,
  iam: Iam,
): RequestListener {
  const executeCommand = async (body: JsonObject): Promise<object> => {
    const [cluster, task] = [stringMember(body, 'cluster'), stringMember(body, 'task')];
    const { SessionId, StreamUrl, TokenValue } = await startSession({
      Target: `ecs:${cluster}_${task}_${RUNTIME_ID}`,
      DocumentName: 'AWS-StartInteractiveCommand',
      Parameters: { command: [stringMember(body, 'command')] },
    });
    return {
      ...{ clusterArn: `${ARN}:cluster/${cluster}`, taskArn: `${ARN}:task/${cluster}/${task}` },
      ...{ containerName: stringMember(body, 'container'), interactive: true },
      session: { sessionId: SessionId, streamUrl: StreamUrl, tokenValue: TokenValue },
    };
  };
  const describeTasks = (body: JsonObject): object => {
    const cluster = stringMember(body, 'cluster');
    const tasks = Array.isArray(body['tasks']) ? body['tasks'].map(String) : [];
    return {
      tasks: tasks.map((task) => ({
        taskArn: `${ARN}:task/${cluster}/${task}`,
        containers: [{ name: 'app', runtimeId: RUNTIME_ID }],
      })),
    };
  };
  return (request, response) => {
    const operation = String(request.headers['x-amz-target']).slice(TARGET_PREFIX.length);
    readBody(request)
      .then((text) => parseJsonPayload(Buffer.from(text), 'request'))
      .then(async (body) => {
        const refusal = iam.refusal(accessOf(operation, body));
        if (refusal === undefined) {
          const answer =
            operation === 'DescribeTasks' ? describeTasks(body) : await executeCommand(body);
          answerJson(response, 200, answer, CONTENT_TYPE);
          return;
        }
        const { status, type, message } = accessDenied(refusal);
        answerJson(response, status, { __type: type, message }, CONTENT_TYPE);
      })
      .catch(() => request.socket.destroy());
  };
}

/** What an operation needs to be allowed (Service Authorization Reference, "Amazon Elastic Container Service"). */
function accessOf(operation: string, body: JsonObject): readonly Request[] {
  const cluster = stringMember(body, 'cluster');
  const tasks = Array.isArray(body['tasks']) ? body['tasks'].map(String) : [];
  const action = `ecs:${operation}`;
  return operation === 'DescribeTasks'
    ? tasks.map((task) => ({ action, resource: `${ARN}:task/${cluster}/${task}` }))
    : [
        { action, resource: `${ARN}:cluster/${cluster}` },
        { action, resource: `${ARN}:task/${cluster}/${stringMember(body, 'task')}` },
      ];
}
