import { callFailures } from '../../../failures/calls.ts';
import { stringMember } from '../../../lib/json.ts';
import type { Aws, CallerIdentity } from '../../aws.ts';
import type { AwsOptions } from '../../aws-options.ts';
import type { SdkCredentials } from '../../credentials/sdk-credential-chain.ts';
import { createSdkCredentials } from '../sdk-credentials.ts';
import { AwsError } from '../aws-error.ts';
import { createSdkCalls, type SdkCalls } from '../sdk-calls.ts';
import { getAccessToken, requestAccess } from './access/access-requests.ts';
import { hasApprovalPolicy, listAccessRequests } from './access/list-access-requests.ts';
import { databaseToken, getSecretText } from './database-sign-in.ts';
import { findDatabases } from './databases/find-databases.ts';
import { getDocument, listSessionDocuments } from './documents.ts';
import {
  describeInstance,
  describeInstances,
  getPasswordData,
  startInstance,
} from './instances/ec2-instances.ts';
import { executeCommand, findTask, listClusters, listTasks } from './ecs-calls.ts';
import { sendSshPublicKey } from './instances/instance-connect.ts';
import { managedNodes } from './managed-nodes.ts';
import { namePrincipal } from './name-principal.ts';
import { endpointUrl } from './direct/regional-endpoints.ts';
import { callQuery } from './direct/query-request.ts';
import {
  cancelCommand,
  getInvocationOutput,
  hasCommandEnded,
  listInvocations,
  sendCommand,
} from './run-command.ts';
import {
  isConnected,
  openSessions,
  pastSessions,
  startSession,
  terminateSession,
} from './session-calls.ts';

/** The Security Token Service (botocore, service-2.json of sts). */
const STS = { service: 'sts', version: '2011-06-15' } as const;

/** The calls to AWS that the program's commands make. A session has its own part (session-part.ts). */
export interface CommandPart extends Omit<
  Aws,
  'credentials' | 'resumeSession' | 'generateDataKey' | 'objectStore'
> {
  readonly sdkCredentials: SdkCredentials;
}

/** Makes the calls of commands by the AWS SDK. Importing this module loads it; `lazyAws` does not. */
export function createCommandPart(options: AwsOptions): CommandPart {
  const asCaller = createSdkCalls(options);
  const calls = namePrincipal(asCaller, async () => (await callerIdentity(asCaller)).arn);
  return {
    sdkCredentials: createSdkCredentials(options),
    prepareCredentials: () => calls.prepareCredentials(),
    callerIdentity: () => callerIdentity(asCaller),
    startSession: (request) =>
      request.container === undefined
        ? startSession(calls, request)
        : executeCommand(calls, request.container, request),
    terminateSession: (sessionId) => terminateSession(calls, sessionId),
    openSessions: async () => openSessions(calls, (await callerIdentity(asCaller)).arn),
    pastSessions: async (wanted) =>
      pastSessions(calls, wanted, wanted.isOwn ? (await callerIdentity(asCaller)).arn : undefined),
    isConnected: (target) => isConnected(calls, target),
    nodes: (filter = {}) => managedNodes(calls, filter),
    instances: () => describeInstances(calls),
    instance: (id) => describeInstance(calls, id),
    startInstance: (id) => startInstance(calls, id),
    ecsClusters: () => listClusters(calls),
    ecsTasks: (cluster, service) => listTasks(calls, cluster, service),
    ecsTask: (cluster, id) => findTask(calls, cluster, id),
    passwordData: (id) => getPasswordData(calls, id),
    document: (name) => getDocument(calls, name),
    sessionDocuments: () => listSessionDocuments(calls),
    sendCommand: (request) => sendCommand(calls, request),
    invocations: (commandId, nextToken) => listInvocations(calls, commandId, nextToken),
    invocationOutput: (commandId, nodeId) => getInvocationOutput(calls, commandId, nodeId),
    hasCommandEnded: (commandId) => hasCommandEnded(calls, commandId),
    cancelCommand: (commandId, nodeIds) => cancelCommand(calls, commandId, nodeIds),
    sendSshPublicKey: (id, user, publicKey) => sendSshPublicKey(calls, id, user, publicKey),
    requestAccess: (target, reason) => requestAccess(calls, target, reason),
    accessToken: (requestId) => getAccessToken(calls, requestId),
    accessRequests: async (target) =>
      listAccessRequests(calls, (await callerIdentity(asCaller)).arn, target),
    hasApprovalPolicy: () => hasApprovalPolicy(calls),
    secretText: (id) => getSecretText(calls, id),
    databaseToken: (request) => databaseToken(calls, options.clock, request),
    databases: () => findDatabases(calls, options.clock),
    endpoint: (service) => endpointUrl(options, service),
  };
}

/** The account and the user or role of the credentials. This call needs no permission. */
async function callerIdentity(calls: SdkCalls): Promise<CallerIdentity> {
  const what = {
    action: 'sts:GetCallerIdentity',
    object: 'the AWS credentials',
    purpose: 'check the AWS credentials',
  };
  const answer = await callQuery(calls, STS, what, 'GetCallerIdentity');
  const arn = stringMember(answer, 'Arn');
  if (arn === '') throw new AwsError(callFailures['answer-incomplete'](what.purpose, 'identity'));
  return { account: stringMember(answer, 'Account'), arn };
}
