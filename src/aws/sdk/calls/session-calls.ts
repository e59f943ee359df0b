import {
  DescribeSessionsCommand,
  GetConnectionStatusCommand,
  ResumeSessionCommand,
  SSMClient,
  StartSessionCommand,
  TerminateSessionCommand,
  type Session,
  type SessionFilter,
} from '@aws-sdk/client-ssm';
import type {
  OpenSession,
  PastSession,
  PastSessionFilter,
  ResumedSession,
  SessionRequest,
  StartedSession,
} from '../../aws.ts';
import { callFailures } from '../../../failures/calls.ts';
import { AwsError } from '../aws-error.ts';
import type { Call } from '../describe-failure.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { pagesOf } from './pages.ts';

/** Most sessions in one answer of DescribeSessions (Systems Manager API). */
const SESSIONS_IN_A_PAGE = 200;

export function startSession(calls: SdkCalls, request: SessionRequest): Promise<StartedSession> {
  const { target, targetTitle = target, documentName, parameters, reason, onSend } = request;
  const what: Call = {
    action: 'ssm:StartSession',
    object: `target ${target}`,
    purpose: `start a session on ${targetTitle}`,
    subject: { kind: 'target', id: target, document: documentName ?? '' },
  };
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
      throw new AwsError(callFailures['answer-incomplete'](what.purpose, 'session'));
    }
    return { sessionId, tokenValue, streamUrl };
  });
}

function listsOf(
  parameters: Readonly<Record<string, readonly string[]>>,
): Record<string, string[]> {
  return Object.fromEntries(Object.entries(parameters).map(([name, list]) => [name, [...list]]));
}

/** A new token and URL for a session whose connection is lost. */
export function resumeSession(calls: SdkCalls, sessionId: string): Promise<ResumedSession> {
  const what = {
    action: 'ssm:ResumeSession',
    object: `session ${sessionId}`,
    purpose: 'resume the session',
  };
  return calls.call('ssm', what, async (config) => {
    const command = new ResumeSessionCommand({ SessionId: sessionId });
    const { TokenValue, StreamUrl } = await new SSMClient(config).send(command);
    return { tokenValue: TokenValue ?? '', streamUrl: StreamUrl ?? '' };
  });
}

/** Ends a session. */
export function terminateSession(calls: SdkCalls, sessionId: string): Promise<void> {
  const what = {
    action: 'ssm:TerminateSession',
    object: `session ${sessionId}`,
    purpose: `end the session ${sessionId}`,
  };
  return calls.call('ssm', what, async (config) => {
    await new SSMClient(config).send(new TerminateSessionCommand({ SessionId: sessionId }));
  });
}

/**
 * The open sessions of a user or role.
 *
 * @param owner - its ARN
 */
export async function openSessions(
  calls: SdkCalls,
  owner: string,
): Promise<readonly OpenSession[]> {
  const what = {
    action: 'ssm:DescribeSessions',
    object: `the sessions of ${owner}`,
    purpose: 'list your sessions',
  };
  const filters = [{ key: 'Owner', value: owner } as const];
  return (await describeSessions(calls, what, 'Active', filters)).map(sessionOf);
}

/**
 * Sessions that have ended.
 *
 * @param owner - ARN of whose they are; undefined for all
 */
export async function pastSessions(
  calls: SdkCalls,
  { since, target }: PastSessionFilter,
  owner: string | undefined,
): Promise<readonly PastSession[]> {
  const what = {
    action: 'ssm:DescribeSessions',
    object: 'the session history',
    purpose: 'list the session history',
  };
  const filters: SessionFilter[] = [
    { key: 'InvokedAfter', value: new Date(since).toISOString().replace(/\.\d+/, '') },
  ];
  if (owner !== undefined) filters.push({ key: 'Owner', value: owner });
  if (target !== undefined) filters.push({ key: 'Target', value: target });
  return (await describeSessions(calls, what, 'History', filters)).map((session) => ({
    ...sessionOf(session),
    owner: session.Owner ?? '',
    endedAt: session.EndDate?.getTime(),
    status: session.Status ?? '',
    details: session.Details ?? '',
  }));
}

async function describeSessions(
  calls: SdkCalls,
  what: Parameters<SdkCalls['call']>[1],
  State: 'Active' | 'History',
  Filters: SessionFilter[],
): Promise<readonly Session[]> {
  const sessions: Session[] = [];
  const pages = pagesOf((NextToken) =>
    calls.call('ssm', what, (config) =>
      new SSMClient(config).send(
        new DescribeSessionsCommand({
          State,
          Filters,
          MaxResults: SESSIONS_IN_A_PAGE,
          NextToken,
        }),
      ),
    ),
  );
  for await (const page of pages) sessions.push(...(page.Sessions ?? []));
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

/** Whether the agent of a target is connected to the message gateway. */
export function isConnected(calls: SdkCalls, target: string): Promise<boolean> {
  const what = {
    action: 'ssm:GetConnectionStatus',
    object: `target ${target}`,
    purpose: `check the connection of ${target}`,
  };
  return calls.call('ssm', what, async (config) => {
    const command = new GetConnectionStatusCommand({ Target: target });
    return (await new SSMClient(config).send(command)).Status === 'connected';
  });
}
