import type { Aws, SessionRequest, StartedSession } from '../../aws/aws.ts';
import type { AwsOptions } from '../../aws/aws-options.ts';
import { isConfigurationError } from '../../lib/errors/configuration-error.ts';
import { asInput } from '../../lib/errors/failure.ts';
import type { RequestedKind } from '../../session/handshake/requested-kind.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import { readSettings } from '../process/settings.ts';
import { resolveSessionKind } from './document-kind.ts';
import type { RunOptions } from './run-options.ts';
import { printable } from '../../lib/printable.ts';
import type { AgentLimit } from '../../session/handshake/agent-wait.ts';
import { notReady } from '../target/ready/not-ready.ts';
import { startOnTarget } from './start/start-on-target.ts';
import { startWhenReady } from './start/start-when-ready.ts';

/** An agent that is ready answers within this time, in milliseconds, also on a slow path. */
const AGENT_ANSWER_MS = 10_000;

/** A session of a command that can be started: everything that a user may be asked for is known. */
export interface PreparedSession {
  readonly context: CommandContext;
  readonly request: SessionRequest;
  readonly region: string;
  readonly aws: AwsOptions;
  readonly calls: Aws;
  /** The kind of session that the request is for. */
  readonly requested: RequestedKind;
}

/**
 * Finds everything that a session needs before it is started.
 *
 * @throws CommandError for a setting or a region that cannot be used
 * @throws AwsError when AWS cannot be reached
 */
export async function prepareSession(
  context: CommandContext,
  request: SessionRequest,
): Promise<PreparedSession> {
  checkSettings(context);
  const [region, aws, calls] = await Promise.all([
    context.aws.region(),
    context.aws.options(),
    context.aws.calls(),
  ]);
  // The user is asked now: the session will own the keyboard.
  await calls.prepareCredentials();
  await context.aws.prepareAccess(request);
  const requested = await resolveSessionKind(context, request);
  return { context, request, region, aws, calls, requested };
}

/** What the session is run with, besides what its command has. */
export type PreparedRun = Pick<
  RunOptions,
  | 'presentation'
  | 'onConnection'
  | 'streams'
  | 'outputFilter'
  | 'recorder'
  | 'agentAbsenceLimit'
  | 'localPort'
  | 'stdout'
  | 'stderr'
  | 'line'
  | 'signals'
  | 'reportWait'
>;

/**
 * Starts a prepared session on the service.
 *
 * @param stopped - resolves when it is no longer wanted
 * @throws AwsError
 */
export async function startPrepared(
  { context, request, region, calls }: PreparedSession,
  stopped: Promise<unknown>,
): Promise<StartedSession> {
  const { target: id, targetTitle: title = printable(id) } = request;
  const start = (): Promise<StartedSession> =>
    startOnTarget(request, { calls, clock: context.clock, region });
  const [started] = await Promise.all([
    startWhenReady(start, { context, target: { id, title }, stopped }),
    // Loaded meanwhile.
    import('./run-started-session.ts'),
  ]);
  return started;
}

/**
 * Runs a session that was started.
 *
 * @returns the exit status
 */
export async function runPrepared(
  { context, request, region, aws, requested }: PreparedSession,
  started: StartedSession,
  run: PreparedRun,
): Promise<number> {
  const { profile, endpointUrl, logLevel } = context.options;
  const limit = agentLimit(context, request);
  context.endReadyWait();
  const { startSession } = await import('./run-started-session.ts');
  return startSession(
    {
      ...started,
      region,
      profile,
      target: request.target,
      documentName: request.documentName ?? '',
      parameters: new Map(Object.entries(request.parameters ?? {})),
      isWholeRequest: true,
      endpoint: endpointUrl,
      canEncrypt: true,
    },
    context.version,
    {
      ...run,
      agentLimit: limit,
      requested,
      begins: () => context.sessions.guard.release(started.sessionId),
      logLevel,
      fatalErrors: context.sessions.fatalErrors,
      credentials: aws.credentials,
    },
  );
}

/** @throws CommandError for a setting that cannot be used: it is reported before there is a session */
export function checkSettings({ env }: CommandContext): void {
  try {
    readSettings(env);
  } catch (error) {
    throw isConfigurationError(error, 'setting') ? new CommandError(asInput(error)) : error;
  }
}

/** For a command that waits for its target, the time of its wait holds for the answer of the agent, too. */
function agentLimit(
  context: CommandContext,
  { target: id, targetTitle: title = printable(id) }: SessionRequest,
): AgentLimit | undefined {
  const { clock, options } = context;
  const left = (context.readyUntil() ?? 0) - clock.monotonic();
  // A session of later, such as that of a forwarded port.
  if (options.ready === undefined || left <= 0) return undefined;
  return {
    ms: Math.max(left, AGENT_ANSWER_MS),
    failure: notReady({ id, title }, 'answer', options.ready.limitMs),
  };
}
