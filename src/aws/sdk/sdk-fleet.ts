import {
  DescribeInstanceInformationCommand,
  DescribeSessionsCommand,
  GetConnectionStatusCommand,
  SSMClient,
  StartSessionCommand,
  TerminateSessionCommand,
  type InstanceInformation,
  type InstanceInformationStringFilter,
  type Session,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AwsError } from './aws-error.ts';
import type {
  CallerIdentity,
  Fleet,
  ManagedNode,
  NodeFilter,
  OpenSession,
  SessionRequest,
  StartedSession,
} from '../fleet.ts';
import { namePrincipal } from '../name-principal.ts';
import { createSdkCalls, type SdkCalls } from './sdk-calls.ts';
import { getDocument } from './sdk-documents.ts';
import { describeInstances } from './sdk-ec2.ts';
import { endpointUrl } from './sdk-endpoints.ts';
import { isSet, pagesOf } from './sdk-pages.ts';
import type { AwsServicesOptions } from '../services.ts';

/** Most nodes in one answer of DescribeInstanceInformation (Systems Manager API). */
const NODES_IN_A_PAGE = 50;
/** Most sessions in one answer of DescribeSessions (Systems Manager API). */
const SESSIONS_IN_A_PAGE = 200;

/** What the own commands ask, by the AWS SDK. Importing this module loads it; `lazyFleet` does not. */
export function createSdkFleet(options: AwsServicesOptions): Fleet {
  const asCaller = createSdkCalls(options);
  const calls = namePrincipal(asCaller, async () => (await callerIdentity(asCaller)).arn);
  return {
    prepareCredentials: () => calls.prepareCredentials(),
    startSession: (request) => startSession(calls, request),
    terminateSession: (sessionId) => {
      const what = { action: 'ssm:TerminateSession', object: `session ${sessionId}` };
      return calls.call('ssm', what, async (config) => {
        await new SSMClient(config).send(new TerminateSessionCommand({ SessionId: sessionId }));
      });
    },
    nodes: (filter = {}) => nodes(calls, filter),
    instances: () => describeInstances(calls),
    document: (name) => getDocument(calls, name),
    openSessions: async () => openSessions(calls, (await callerIdentity(asCaller)).arn),
    endpoint: (service) => endpointUrl(options, service),
    callerIdentity: () => callerIdentity(asCaller),
    isConnected: (target) => {
      const what = { action: 'ssm:GetConnectionStatus', object: `target ${target}` };
      return calls.call('ssm', what, async (config) => {
        const command = new GetConnectionStatusCommand({ Target: target });
        return (await new SSMClient(config).send(command)).Status === 'connected';
      });
    },
  };
}

function startSession(calls: SdkCalls, request: SessionRequest): Promise<StartedSession> {
  const { target, documentName, parameters, reason, onSend } = request;
  const what = { action: 'ssm:StartSession', object: `target ${target}` };
  return calls.call('ssm', what, async (config) => {
    onSend?.();
    const answer = await new SSMClient(config).send(
      new StartSessionCommand({
        Target: target,
        ...(documentName === undefined ? {} : { DocumentName: documentName }),
        ...(parameters === undefined ? {} : { Parameters: listsOf(parameters) }),
        ...(reason === undefined ? {} : { Reason: reason }),
      }),
    );
    const { SessionId: sessionId, TokenValue: tokenValue, StreamUrl: streamUrl } = answer;
    if (sessionId === undefined || tokenValue === undefined || streamUrl === undefined) {
      throw new AwsError('invalid', 'the answer holds no session');
    }
    return { sessionId, tokenValue, streamUrl };
  });
}

function listsOf(
  parameters: Readonly<Record<string, readonly string[]>>,
): Record<string, string[]> {
  return Object.fromEntries(Object.entries(parameters).map(([name, list]) => [name, [...list]]));
}

async function* nodes(calls: SdkCalls, filter: NodeFilter): AsyncGenerator<ManagedNode> {
  const filters: InstanceInformationStringFilter[] = [
    ...(filter.id === undefined ? [] : [{ Key: 'InstanceIds', Values: [filter.id] }]),
    ...(filter.nameTag === undefined ? [] : [{ Key: 'tag:Name', Values: [filter.nameTag] }]),
  ];
  const wanted = filter.id ?? filter.nameTag;
  const what = {
    action: 'ssm:DescribeInstanceInformation',
    object: wanted === undefined ? 'the managed nodes' : `managed node ${wanted}`,
  };
  const pages = pagesOf((NextToken) =>
    calls.call('ssm', what, (config) =>
      new SSMClient(config).send(
        new DescribeInstanceInformationCommand({
          Filters: filters,
          MaxResults: NODES_IN_A_PAGE,
          NextToken,
        }),
      ),
    ),
  );
  for await (const page of pages) {
    for (const node of page.InstanceInformationList ?? []) yield nodeOf(node, filter.nameTag);
  }
}

function nodeOf(node: InstanceInformation, nameTag: string | undefined): ManagedNode {
  const computerName = node.ComputerName ?? '';
  const system = [node.PlatformName, node.PlatformVersion].filter((part) => isSet(part)).join(' ');
  return {
    id: node.InstanceId ?? '',
    name: nameTag ?? [node.Name, computerName].find((name) => isSet(name)) ?? '',
    platform: isSet(node.PlatformName) ? system : (node.PlatformType ?? ''),
    platformType: node.PlatformType,
    pingStatus: node.PingStatus ?? 'Inactive',
    agentVersion: node.AgentVersion ?? '',
    ipAddress: node.IPAddress ?? '',
    computerName,
  };
}

async function openSessions(calls: SdkCalls, owner: string): Promise<readonly OpenSession[]> {
  const what = { action: 'ssm:DescribeSessions', object: `the sessions of ${owner}` };
  const sessions: OpenSession[] = [];
  const pages = pagesOf((NextToken) =>
    calls.call('ssm', what, (config) =>
      new SSMClient(config).send(
        new DescribeSessionsCommand({
          State: 'Active',
          Filters: [{ key: 'Owner', value: owner }],
          MaxResults: SESSIONS_IN_A_PAGE,
          NextToken,
        }),
      ),
    ),
  );
  for await (const page of pages) sessions.push(...(page.Sessions ?? []).map(sessionOf));
  return sessions;
}

function sessionOf(session: Session): OpenSession {
  return {
    sessionId: session.SessionId ?? '',
    target: session.Target ?? '',
    documentName: session.DocumentName ?? '',
    reason: session.Reason ?? '',
    startedAt: session.StartDate?.getTime() ?? 0,
  };
}

function callerIdentity(calls: SdkCalls): Promise<CallerIdentity> {
  const what = { action: 'sts:GetCallerIdentity', object: 'the AWS credentials' };
  return calls.call('sts', what, async (config) => {
    const answer = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    if (answer.Arn === undefined) throw new AwsError('invalid', 'the answer holds no identity');
    return { account: answer.Account ?? '', arn: answer.Arn };
  });
}
