import type { Writable } from 'node:stream';
import type { SessionRequest, StartedSession } from '../../aws/aws.ts';
import { sessionFailures } from '../../failures/session.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { SessionError } from '../../lib/errors/session-error.ts';
import type { SessionEvent } from '../../session/session-event.ts';
import type { OutputFilter } from '../../session/shell/output-filter.ts';
import { commandTexts } from '../../session/texts/command-texts.ts';
import { withAccessOffer } from '../access/with-access-offer.ts';
import { EXIT_OWN_FAILURE } from '../framework/failure.ts';
import {
  prepareSession,
  runPrepared,
  startPrepared,
  type PreparedSession,
} from '../run/prepare-session.ts';
import type { RunInput, RunOptions } from '../run/run-options.ts';
import { startPatiently } from '../run/start/start-patiently.ts';
import type { ConnectionEvent, Remote, RemoteCommand, RemoteEnd } from './remote.ts';
import { createStopRequest, type StopRequest } from './stop-request.ts';

/** A session of a remote command. */
export interface RemoteSession {
  readonly request: Pick<SessionRequest, 'documentName' | 'parameters'>;
  /** Bytes for the command; undefined for none. */
  readonly input: RunInput | undefined;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly outputFilter: OutputFilter;
}

type SessionEnd = Extract<SessionEvent, { readonly kind: 'session-ended' }>;

/** Starts a session for a remote command, and runs it to its end. Failures are its end. */
export function runRemote(remote: Remote, session: RemoteSession): RemoteCommand {
  const stop = createStopRequest();
  const onStopped = (): void => stop.request();
  if (remote.stopped.aborted) stop.request();
  else remote.stopped.addEventListener('abort', onStopped);
  let connectedSince: number | undefined;
  const ended = runToEnd(remote, session, stop, (since) => {
    connectedSince = since;
  })
    .catch((error: unknown): RemoteEnd => ({ kind: 'lost', error: asError(error) }))
    .finally(() => {
      connectedSince = undefined;
      remote.stopped.removeEventListener('abort', onStopped);
    });
  return {
    ended,
    get connectedSince() {
      return connectedSince;
    },
    async stop() {
      stop.request();
      await ended;
    },
  };
}

function runToEnd(
  remote: Remote,
  session: RemoteSession,
  stop: StopRequest,
  onConnection: RunOptions['onConnection'],
): Promise<RemoteEnd> {
  const { context, target, reason } = remote;
  const request = {
    ...session.request,
    target: target.id,
    targetTitle: target.title,
    ...(reason === undefined ? {} : { reason }),
  };
  return withAccessOffer<RemoteEnd>(
    context,
    request,
    () => runOnce(remote, { ...session, request }, stop, onConnection),
    () => stop.requested.then(() => ({ kind: 'stopped' })),
  );
}

async function runOnce(
  { context, target, onConnectionEvent }: Remote,
  {
    request,
    input,
    stdout,
    stderr,
    outputFilter,
  }: RemoteSession & { readonly request: SessionRequest },
  stop: StopRequest,
  onConnection: RunOptions['onConnection'],
): Promise<RemoteEnd> {
  const prepared = await prepareSession(context, request);
  const started = await startPatiently(() => startOrStop(prepared, stop), {
    clock: context.clock,
    random: context.random.uniform,
    interrupted: stop.requested,
  });
  if (started === undefined) return { kind: 'stopped' };
  let end: SessionEnd | undefined;
  await runPrepared(prepared, started, {
    presentation: {
      wording: commandTexts(target.title, (text) => text),
      texts: 'nowhere',
      notices: 'nowhere',
      failures: 'nowhere',
      failureStatus: EXIT_OWN_FAILURE,
      cutOffStatus: EXIT_OWN_FAILURE,
      missingExitStatus: () => sessionFailures['command-cut-off'](),
      onEvent(event) {
        if (event.kind === 'session-ended') end = event;
        else if (isConnectionEvent(event)) onConnectionEvent?.(event);
      },
      nameInText: undefined,
    },
    streams: { kind: 'own', input, stdout, stderr },
    outputFilter,
    localPort: undefined,
    stdout: context.output.stdout,
    stderr: context.output.messages,
    line: context.terminal.line,
    onConnection,
    reportWait: context.waits.report,
    signals: stop.signals,
  });
  return remoteEnd(end, stop);
}

function remoteEnd(end: SessionEnd | undefined, { isRequested }: StopRequest): RemoteEnd {
  if (end === undefined) return { kind: 'stopped' };
  const { failure, reportedStatus } = end;
  // The service may give a reason for the end of a session whose command has ended.
  const isWhole = failure === undefined || failure.code === CLOSED;
  if (isWhole && reportedStatus !== undefined) return { kind: 'exited', status: reportedStatus };
  if (failure === undefined || isRequested) return { kind: 'stopped' };
  return { kind: 'lost', error: new SessionError(failure) };
}

function isConnectionEvent(event: SessionEvent): event is ConnectionEvent {
  return event.kind === 'reconnecting' || event.kind === 'reconnected';
}

const CLOSED = 'session-closed';

/**
 * Starts the session. When it is no longer wanted, does not wait for the service: a session that it has started then ends
 * there at once.
 *
 * @returns undefined when it is no longer wanted
 * @throws AwsError
 */
async function startOrStop(
  prepared: PreparedSession,
  stop: StopRequest,
): Promise<StartedSession | undefined> {
  if (stop.isRequested) return undefined;
  const starting = startPrepared(prepared, stop.requested);
  const started = await Promise.race([starting, stop.requested]);
  if (started === undefined) void endWhenStarted(prepared, starting);
  return started;
}

async function endWhenStarted(
  { calls }: PreparedSession,
  starting: Promise<StartedSession>,
): Promise<void> {
  try {
    await calls.terminateSession((await starting).sessionId);
  } catch {
    // What could not be started needs no end; what cannot be ended ends when it is idle for too long.
  }
}
