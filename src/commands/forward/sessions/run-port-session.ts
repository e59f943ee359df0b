import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import type { SessionRequest } from '../../../aws/aws.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { EXIT_OWN_FAILURE } from '../../../cli/framework/failure.ts';
import type { NameInText } from '../../../cli/output/named-texts.ts';
import { nextEnding, type AcquiredSignals } from '../../../cli/process/signals/command-signals.ts';
import type { EndingSignal } from '../../../cli/process/signals/process-signals.ts';
import { AGENT_ABSENCE } from '../../../cli/run/agent-absence.ts';
import { openSession } from '../../../cli/run/open-session.ts';
import type { StartQueue } from '../../../cli/run/start/start-queue.ts';
import { familyOf, failureOf } from '../../../lib/errors/program-error.ts';
import { sessionFailures } from '../../../failures/session.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import { SIGNAL_STATUS } from '../../../session/signal-status.ts';
import type { SessionTexts } from '../../../session/texts/caller-texts.ts';
import { failedAs, type SessionOutcome } from './next-step.ts';
import type { PortSession } from './port-session.ts';

/** What the sessions of a port are run with. */
export interface SessionRunnerOptions {
  readonly context: CommandContext;
  /** Where its sessions wait for their turn to be started. */
  readonly starts: StartQueue;
  /** What the port requests of a target. */
  readonly requestFor: (target: string) => SessionRequest;
  /** The target of the next session. */
  readonly target: (isLater: boolean) => string | Promise<string>;
  /** Names the port in a text about it. */
  readonly nameInText: NameInText;
  /** Whether the sessions of the port report how they ended; otherwise the port does. */
  readonly reportEnds: boolean;
  /** Whether the terminal belongs to another program. */
  readonly leavesTerminal: boolean;
  /** What a signal is explained with. */
  readonly adaptTexts: (texts: SessionTexts) => SessionTexts;
}

/** @returns runs a session of the port to its end */
export function createSessionRunner({
  context,
  starts,
  requestFor,
  target,
  nameInText,
  reportEnds,
  leavesTerminal,
  adaptTexts,
}: SessionRunnerOptions): (session: PortSession) => Promise<SessionOutcome> {
  const { hangUpEnds } = context.sessions.signals;
  return async ({ localPort, acquired, isLater, isDismissed, onEvent, onTarget, turns }) => {
    let failure: SessionFailure | undefined;
    try {
      const searched = target(isLater);
      const id =
        typeof searched === 'string' ? searched : await orEnding(searched, acquired, hangUpEnds);
      if (typeof id !== 'string') return { kind: 'ended', status: SIGNAL_STATUS[id.signal] };
      onTarget(id);
      const status = await openSession(context, requestFor(id), {
        texts: 'nowhere',
        ...(context.options.json ? { notices: 'nowhere' } : {}),
        ...(leavesTerminal ? { input: 'nothing' } : {}),
        failures: reportEnds ? undefined : 'nowhere',
        agentAbsenceLimit: reportEnds ? undefined : AGENT_ABSENCE,
        nameInText,
        adaptTexts: (texts) => withoutDismissal(adaptTexts(texts), isDismissed),
        localPort,
        acquired,
        starts: starts.forSession(turns),
        onEvent(event) {
          if (event.kind === 'session-ended') ({ failure } = event);
          else onEvent(event);
        },
      });
      // Any other status means that the user or a signal ended the session.
      if (status !== EXIT_OWN_FAILURE) return { kind: 'ended', status };
      return failedAs(
        'session',
        failure ?? sessionFailures['session-closed'](`exit status ${status}`),
      );
    } catch (error) {
      if (isAwsError(error)) return failedAs(error.reason, error);
      // A name, a file or a setting that was right for the sessions before.
      if (isLater && familyOf(error) !== undefined) return failedAs('input', failureOf(error));
      throw error;
    }
  };
}

interface Ending {
  readonly signal: EndingSignal;
}

/** @returns what was searched for, or the signal that came before: a search may take long */
async function orEnding(
  searching: Promise<string>,
  { signals }: AcquiredSignals,
  hangUpEnds: boolean,
): Promise<string | Ending> {
  const received: { ending: Ending | undefined } = { ending: undefined };
  const ending = nextEnding(signals, hangUpEnds).then((signal) => (received.ending = { signal }));
  const first = await Promise.race([searching, ending]);
  // The session takes those that come from now on.
  signals.buffer();
  return received.ending ?? first;
}

/** The port has ended the session by the same way as a signal: that is not explained. */
function withoutDismissal(texts: SessionTexts, isDismissed: () => boolean): SessionTexts {
  return { ...texts, interrupted: (...args) => (isDismissed() ? '' : texts.interrupted(...args)) };
}
