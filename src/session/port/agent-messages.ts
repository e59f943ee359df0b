import type { Logger } from '../../logging/logger.ts';
import { decodeFlag, Flag } from '../../protocol/flag.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import { ProtocolError } from '../../protocol/protocol-error.ts';
import type { SessionLink } from '../session-type.ts';

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

function classifyFlag(payload: Buffer, logger: Logger): AgentMessage {
  try {
    const flag = decodeFlag(payload);
    if (flag === Flag.ConnectToPortError) return 'destination-failed';
    logger.debug(`ignored flag ${flag}`);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    logger.warn(`ignored a flag: ${error.message}`);
  }
  return 'other';
}
