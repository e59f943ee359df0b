import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { reportedFailure } from '../../../cli/framework/failure.ts';
import { createStopRequest } from '../../../cli/remote/stop-request.ts';
import { AGENT_ABSENCE } from '../../../cli/run/agent-absence.ts';
import { openSession } from '../../../cli/run/open-session.ts';
import { startPatiently } from '../../../cli/run/start/start-patiently.ts';
import { sessionFailures } from '../../../failures/session.ts';
import { endpointText } from '../../../lib/endpoint-text.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import type { SessionTexts } from '../../../session/texts/caller-texts.ts';
import type { Refusal } from '../clients/proxy-client.ts';
import type { DestinationSession } from './destination-session.ts';
import { refusalOf } from './session-refusal.ts';

const TO_REMOTE_HOST = 'AWS-StartPortForwardingSessionToRemoteHost';

/** What all sessions of a proxy are started with. */
export interface SessionOrigin {
  readonly target: string;
  readonly reason: string | undefined;
}

/**
 * Starts a session for a destination, and runs it to its end. A failure is reported. Never rejects.
 *
 * @returns why clients that it has not taken are refused; undefined when it was stopped
 */
export async function runDestination(
  context: CommandContext,
  { target, reason }: SessionOrigin,
  session: DestinationSession,
): Promise<Refusal | undefined> {
  const { host, port } = session.destination;
  const name = endpointText(host, port);
  const nameInText = (text: string): string => nameFailure(name, text);
  const stop = createStopRequest();
  session.stop = () => stop.request();
  let failure: SessionFailure | undefined;
  const open = (): Promise<number> =>
    openSession(
      context,
      {
        target,
        documentName: TO_REMOTE_HOST,
        parameters: { host: [host], portNumber: [String(port)], localPortNumber: ['0'] },
        ...(reason === undefined ? {} : { reason }),
      },
      {
        texts: 'nowhere',
        ...(context.options.json ? { notices: 'nowhere' as const } : {}),
        input: 'nothing',
        agentAbsenceLimit: AGENT_ABSENCE,
        acquired: { signals: stop.signals, release: () => undefined },
        adaptTexts: (texts) => ({ ...texts, ...proxyTexts(target) }),
        nameInText,
        localPort: session.createLocalPort(),
        onEvent(event) {
          if (event.kind === 'session-ended') ({ failure } = event);
          session.receive(event);
        },
      },
    );
  try {
    const { clock, random } = context;
    await startPatiently(open, { clock, random: random.uniform, interrupted: stop.requested });
    if (stop.isRequested) return undefined;
    return refusalOf(failure ?? sessionFailures['session-closed'](''));
  } catch (error) {
    // Whatever is wrong with one destination, the proxy serves the others.
    context.output.reportError(error, nameInText);
    const { code, reason, problem, remedy } = reportedFailure(error);
    return { code, problem, remedy, kind: reason === 'access-denied' ? 'denied' : 'failed' };
  }
}

/** The proxy starts another session for the next connection. */
function proxyTexts(target: string): Partial<SessionTexts> {
  return {
    interrupted: () => '',
    closedWithOutput: (_, output) => `The service ended a session with ${target}: ${output}\n`,
  };
}

const LABEL = 'session-manager-plugin: ';

function nameFailure(name: string, text: string): string {
  if (text.includes(name)) return text;
  return text.startsWith(LABEL)
    ? `${LABEL}${name}: ${text.slice(LABEL.length)}`
    : `${name}: ${text}`;
}
