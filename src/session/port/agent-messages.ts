import type { Logger } from '../../logging/logger.ts';
import { decodeFlag, Flag } from '../../protocol/flag.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import { isProtocolError } from '../../protocol/protocol-error.ts';
import type { SessionLink } from '../session-type.ts';
import type { LocalSocket } from './connection/local-socket.ts';
import type { PortHost } from './port-host.ts';
import { DESTINATION_FAILED_TEXT } from './port-texts.ts';

/** What a payload from the agent means to a port session. */
export type AgentMessage = 'output' | 'destination-failed' | 'other';

/**
 * Classifies a payload. The text of an Error is printed as a notice; payloads without effect on a port
 * session are logged.
 */
export function classifyPayload(
  payloadType: number,
  payload: Buffer,
  link: Pick<SessionLink, 'warn'>,
  logger: Logger,
): AgentMessage {
  switch (payloadType) {
    case PayloadType.Output:
      return 'output';
    case PayloadType.Flag:
      return classifyFlag(payload, logger);
    case PayloadType.Error:
      link.warn(payload.toString('utf8'));
      return 'other';
    default:
      logger.debug(`ignored a payload of type ${payloadType}, ${payload.length} bytes`);
      return 'other';
  }
}

/** Reports that the target could not connect to the destination, to callers and to a listener. */
export function reportDestinationFailed(
  link: Pick<SessionLink, 'print'>,
  { presentation }: Pick<PortHost, 'presentation'>,
): void {
  link.print(DESTINATION_FAILED_TEXT);
  presentation.onEvent?.({ kind: 'destination-failed' });
}

/** Reports that the agent has the request for a connection, once it has acknowledged everything sent so far. */
export function reportRequested(
  link: Pick<SessionLink, 'whenAcknowledged'>,
  { presentation: { onEvent } }: Pick<PortHost, 'presentation'>,
  connection: LocalSocket,
): void {
  if (onEvent === undefined) return;
  // What was taken last is sent after the call that took it.
  queueMicrotask(() => link.whenAcknowledged(() => onEvent({ kind: 'requested', connection })));
}

function classifyFlag(payload: Buffer, logger: Logger): AgentMessage {
  try {
    const flag = decodeFlag(payload);
    if (flag === Flag.ConnectToPortError) return 'destination-failed';
    logger.debug(`ignored flag ${flag}`);
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    logger.warn(`ignored a flag: ${error.message}`);
  }
  return 'other';
}
