import type { SessionRequest } from '../../../aws/aws.ts';
import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../../cli/framework/failure.ts';
import type { FailureReason } from '../../../cli/run/json-failures.ts';
import { openSession } from '../../../cli/run/open-session.ts';
import { startPatiently } from '../../../cli/run/start/start-patiently.ts';
import { sessionFailures } from '../../../failures/session.ts';
import { messageOf } from '../../../lib/errors/failure.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import { SIGNAL_STATUS } from '../../../session/signal-status.ts';
import type { SessionTexts } from '../../../session/texts/caller-texts.ts';
import { namePortIn, type ForwardedPort } from '../forwarded-port.ts';
import type { PortSession, SessionOutcome } from './port-sessions.ts';

/**
 * Runs the sessions of a port.
 *
 * @returns runs one of them to its end, and has reported its failure then
 */
export function createSessionRunner(
  context: CommandContext,
  request: SessionRequest,
  port: ForwardedPort,
): (session: PortSession) => Promise<SessionOutcome> {
  const nameInText = (text: string): string => namePortIn(port, text);
  const adaptTexts = port.sessions.of > 1 ? reportSignalOnce() : undefined;
  const { clock, random, options, output, sessions } = context;
  const patience = { clock, random: random.uniform, interrupted: sessions.signals.received };
  return async ({ localPort, onEvent }) => {
    let failure: SessionFailure | undefined;
    const open = (): Promise<number> =>
      openSession(context, request, {
        texts: 'nowhere',
        ...(options.json ? { notices: 'nowhere' } : {}),
        nameInText,
        adaptTexts,
        localPort,
        onEvent(event) {
          if (event.kind === 'session-ended') ({ failure } = event);
          else onEvent(event);
        },
      });
    try {
      const status = await (port.sessions.of > 1 ? startPatiently(open, patience) : open());
      // A signal that came in a pause.
      if (typeof status === 'string') return { kind: 'ended', status: SIGNAL_STATUS[status] };
      // Any other status means that the user or a signal ended the session.
      if (status !== EXIT_OWN_FAILURE) return { kind: 'ended', status };
      return failedAs(
        'session',
        failure ?? sessionFailures['session-closed'](`exit status ${status}`),
      );
    } catch (error) {
      if (!isAwsError(error)) throw error;
      output.reportError(error, nameInText);
      return failedAs(error.reason, error);
    }
  };
}

/** A signal ends all sessions of a port: the text about it is printed once. */
function reportSignalOnce(): (texts: SessionTexts) => SessionTexts {
  let isReported = false;
  return (texts) => ({
    ...texts,
    interrupted(...args) {
      if (isReported) return '';
      isReported = true;
      return texts.interrupted(...args);
    },
  });
}

function failedAs(reason: FailureReason, failure: SessionFailure): SessionOutcome {
  const { code } = failure;
  return { kind: 'failed', status: EXIT_OWN_FAILURE, reason, code, message: messageOf(failure) };
}
