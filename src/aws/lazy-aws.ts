import type { Aws } from './aws.ts';
import type { AwsOptions } from './aws-options.ts';
import type { CommandPart } from './sdk/calls/command-part.ts';
import type { SessionPart } from './sdk/calls/session-part.ts';
import type { ObjectStoreCalls } from './object-store.ts';

/**
 * The calls to AWS. The AWS SDK takes a tenth of a second to load: a part of it is loaded by the first
 * call that needs it. Keys in the environment or the profile need none.
 *
 * A session needs little of the SDK and the program's commands need much, so it has parts, each a file of dist/; that
 * for S3 is rarely needed. A call that two parts can make uses the part that is loaded.
 */
export function lazyAws(options: AwsOptions): Aws {
  let sessionPart: Promise<SessionPart> | undefined;
  let commandPart: Promise<CommandPart> | undefined;
  let s3Part: Promise<ObjectStoreCalls> | undefined;
  const session = (): Promise<SessionPart> =>
    (sessionPart ??= import('./sdk/calls/session-part.ts').then(({ createSessionPart }) =>
      createSessionPart(options),
    ));
  const command = (): Promise<CommandPart> =>
    (commandPart ??= import('./sdk/calls/command-part.ts').then(({ createCommandPart }) =>
      createCommandPart(options),
    ));
  const s3 = (): Promise<ObjectStoreCalls> =>
    (s3Part ??= import('./sdk/s3/s3-part.ts').then(({ createS3Part }) => createS3Part(options)));
  const either = (): Promise<SessionPart | CommandPart> => commandPart ?? session();
  return {
    credentials: () => options.credentials.get(async () => (await either()).sdkCredentials),
    prepareCredentials: async () => (await command()).prepareCredentials(),
    callerIdentity: async () => (await command()).callerIdentity(),
    startSession: async (request) => (await command()).startSession(request),
    resumeSession: async (sessionId) => (await session()).resumeSession(sessionId),
    terminateSession: async (sessionId) => (await either()).terminateSession(sessionId),
    openSessions: async () => (await command()).openSessions(),
    pastSessions: async (wanted) => (await command()).pastSessions(wanted),
    isConnected: async (target) => (await command()).isConnected(target),
    generateDataKey: async (request) => (await session()).generateDataKey(request),
    async *nodes(filter) {
      yield* (await command()).nodes(filter);
    },
    instances: async () => (await command()).instances(),
    instance: async (id) => (await command()).instance(id),
    startInstance: async (id) => (await command()).startInstance(id),
    ecsClusters: async () => (await command()).ecsClusters(),
    ecsTasks: async (cluster, service) => (await command()).ecsTasks(cluster, service),
    ecsTask: async (cluster, id) => (await command()).ecsTask(cluster, id),
    passwordData: async (id) => (await command()).passwordData(id),
    document: async (name) => (await command()).document(name),
    sessionDocuments: async () => (await command()).sessionDocuments(),
    sendCommand: async (request) => (await command()).sendCommand(request),
    invocations: async (commandId, nextToken) =>
      (await command()).invocations(commandId, nextToken),
    invocationOutput: async (commandId, nodeId) =>
      (await command()).invocationOutput(commandId, nodeId),
    hasCommandEnded: async (commandId) => (await command()).hasCommandEnded(commandId),
    cancelCommand: async (commandId, nodeIds) =>
      (await command()).cancelCommand(commandId, nodeIds),
    sendSshPublicKey: async (id, user, publicKey) =>
      (await command()).sendSshPublicKey(id, user, publicKey),
    requestAccess: async (target, reason) => (await command()).requestAccess(target, reason),
    accessToken: async (requestId) => (await command()).accessToken(requestId),
    accessRequests: async (target) => (await command()).accessRequests(target),
    hasApprovalPolicy: async () => (await command()).hasApprovalPolicy(),
    secretText: async (id) => (await command()).secretText(id),
    databaseToken: async (request) => (await command()).databaseToken(request),
    databases: async () => (await command()).databases(),
    objectStore: async (bucket) => (await s3()).objectStore(bucket),
    endpoint: async (service) => (await command()).endpoint(service),
  };
}
