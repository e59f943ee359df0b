import { withTimeout } from '../lib/with-timeout.ts';
import { LAST_AGENT_WITHOUT_TERMINATE_FLAG } from '../protocol/agent-versions.ts';
import { compareVersions } from '../protocol/version.ts';
import { endOnService } from './end-on-service.ts';
import { END_PLANS, type End, type EndPlan, type SessionFailure } from './ending.ts';
import type { Begun } from './lifecycle.ts';
import { endFailure, endStatus, endTexts, type EndFacts } from './presentation.ts';
import type { SessionParts } from './session-parts.ts';
import type { SessionType } from './session-type.ts';

/** How long a stuck stdout may delay the end of a session that the user has left. */
const EXIT_MESSAGE_TIMEOUT_MS = 200;

/** What ends, and why. */
export interface EndingSession {
  readonly end: Exclude<End, { readonly kind: 'fatal-error' }>;
  /** Undefined when the session had not begun. */
  readonly begun: Begun | undefined;
  /** Four dotted numbers; empty when the agent has not named it. */
  readonly agentVersion: string;
  readonly type: SessionType | undefined;
  /** Why output was lost after the end had begun; undefined when none was. */
  readonly outputLossReason: () => SessionFailure | undefined;
}

/**
 * Delivers what was received, prints the texts of the end, ends the session on the service and closes
 * everything (see {@link END_PLANS}). Never rejects.
 *
 * @returns the exit status of the program
 */
export async function windDown(parts: SessionParts, ending: EndingSession): Promise<number> {
  const { end, begun, type } = ending;
  const plan = END_PLANS[end.kind];
  const { presentation, logger } = parts.host;
  const print = (when: 'before' | 'after'): void => {
    for (const text of endTexts(end, facts(), presentation)[when]) parts.presenter.print(text);
  };
  const facts = (): EndFacts => ({
    sessionId: parts.options.session.sessionId,
    begun,
    reportedStatus: type?.exitStatus,
  });
  presentation.onEvent?.({
    kind: 'session-ending',
    failure: endFailure(end, facts(), presentation),
  });
  if (end.kind === 'closed-by-service') logger.info('the service has closed the channel');
  if (plan.received === 'deliver') await deliverReceived(parts, type);
  else stopReceiving(parts, type);
  print('before');
  if (plan.terminates) await terminate(parts, ending);
  closeAll(parts, type);
  print('after');
  const status = endStatus(end, facts(), presentation);
  presentation.onEvent?.({
    kind: 'session-ended',
    failure: ending.outputLossReason() ?? endFailure(end, facts(), presentation),
    reportedStatus: facts().reportedStatus,
  });
  await waitForOutput(parts, plan);
  return ending.outputLossReason() === undefined
    ? parts.signals.statusAfter(status)
    : presentation.failureStatus;
}

async function deliverReceived(
  { connection, signals }: SessionParts,
  type: SessionType | undefined,
): Promise<void> {
  connection.close();
  // After a signal the user no longer waits.
  if (type !== undefined) await Promise.race([type.finish(), signals.interrupted]);
}

function stopReceiving({ reconnectNotice }: SessionParts, type: SessionType | undefined): void {
  reconnectNotice.stop();
  type?.close();
}

/**
 * Ends the session on the service.
 *
 * @param isConfirmed - whether the service must confirm it in any case
 */
export function terminate(
  { channel, connection, host, closedByService }: SessionParts,
  { agentVersion, begun }: Pick<EndingSession, 'agentVersion' | 'begun'>,
  isConfirmed = false,
): Promise<void> {
  const { service, clock, logger } = host;
  const knowsFlag =
    agentVersion === '' || compareVersions(agentVersion, LAST_AGENT_WITHOUT_TERMINATE_FLAG) > 0;
  const byFlag = connection.openSince !== undefined && knowsFlag;
  return endOnService({
    channel,
    service,
    clock,
    logger,
    byFlag,
    // Only in port sessions do all agents act on the flag; elsewhere the service is asked, too.
    byApi: isConfirmed || !byFlag || begun?.session.kind !== 'port',
    closed: closedByService,
  });
}

function closeAll(parts: SessionParts, type: SessionType | undefined): void {
  parts.reconnectNotice.stop();
  parts.handshakeProbe.stop();
  type?.close();
  parts.connection.close();
  parts.channel.close();
}

/** Waits until the last texts are written. */
async function waitForOutput(
  { presenter, signals, host }: SessionParts,
  { waits }: EndPlan,
): Promise<void> {
  const drained = presenter.drained();
  if (waits === 'until-signal') await Promise.race([drained, signals.interrupted]);
  else await withTimeout(host.clock, EXIT_MESSAGE_TIMEOUT_MS, drained, () => undefined);
}
