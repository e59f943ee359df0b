import type { Fleet, SessionRequest, StartedSession } from '../../aws/fleet.ts';
import type { SessionSignal } from '../../session/session-type.ts';
import type { SessionManner } from '../session-manner.ts';
import { holdSignals } from '../signals.ts';
import type { CommandContext } from './command-context.ts';

const EXIT_OWN_FAILURE = 255;
/** 128 and the signal's number (POSIX shells); a caller that is gone counts as SIGHUP. */
const SIGNAL_EXIT: Readonly<Record<Exclude<SessionSignal, 'SIGTSTP'>, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGTERM: 143,
  'parent-gone': 129,
};
/** How long the end of a session that nobody wants any more may take. */
const TAKE_BACK_BOUND_MS = 2_000;

/** What a command's session is to say besides the remote side's words. */
export type SessionWords = Pick<SessionManner, 'texts'> &
  Partial<Pick<SessionManner, 'withoutExitStatus' | 'onPortEvent'>>;

/**
 * Starts a session and runs it to its end, on the streams of the process. stdout is the remote
 * side's alone.
 *
 * @returns the exit status: the remote side's, 255 for a failure, 130 when Ctrl-C came first
 * @throws CommandError, AwsError when StartSession fails
 */
export async function openSession(
  context: CommandContext,
  request: SessionRequest,
  words: SessionWords,
): Promise<number> {
  const { quiet, profile, endpointUrl, logLevel } = context.options;
  const [region, fleet] = await Promise.all([context.region(), context.fleet()]);
  // From here on a session may exist on the service, and a signal must not leave it behind.
  const signals = holdSignals(process, context.clock);
  const loading = import('../start-session.ts');
  const interrupted = new Promise<Exclude<SessionSignal, 'SIGTSTP'>>((resolve) => {
    signals.onSignal((signal) => {
      if (signal !== 'SIGTSTP') resolve(signal);
    });
  });
  const starting = fleet.startSession(request);
  const first = await Promise.race([starting, interrupted]);
  if (typeof first === 'string') {
    await takeBack(context, fleet, starting);
    return SIGNAL_EXIT[first];
  }
  signals.hold();
  const { startSession } = await loading;
  return startSession(
    {
      ...first,
      region,
      profile,
      target: request.target,
      endpoint: endpointUrl,
      canEncrypt: true,
    },
    context.version,
    {
      texts: quiet ? 'nowhere' : words.texts,
      remarks: quiet ? 'nowhere' : 'stderr',
      failures: 'stderr',
      failureStatus: EXIT_OWN_FAILURE,
      // ssh's status, too, when its user cuts the connection.
      escapeStatus: EXIT_OWN_FAILURE,
      withoutExitStatus: words.withoutExitStatus,
      onPortEvent: words.onPortEvent,
      logLevel,
      signals,
    },
  );
}

/** Ends a session that is still being started, so that nobody pays for what nobody sees. */
async function takeBack(
  { clock, logger }: CommandContext,
  fleet: Fleet,
  starting: Promise<StartedSession>,
): Promise<void> {
  const ended = starting
    .then(({ sessionId }) => fleet.terminateSession(sessionId))
    .catch((error: unknown) => {
      logger.info(
        `left before it began: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  await new Promise<void>((resolve) => {
    const timer = clock.after(TAKE_BACK_BOUND_MS, resolve);
    void ended.then(() => {
      timer.cancel();
      resolve();
    });
  });
}
