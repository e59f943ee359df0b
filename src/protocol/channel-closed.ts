import { stringMember } from '../lib/json.ts';
import { parseJsonPayload } from './json-payload.ts';

/** The service has ended the session. */
export interface ChannelClosed {
  readonly sessionId: string;
  /** Why it ended, for the user; empty on an ordinary end. */
  readonly output: string;
}

/**
 * Reads the payload of a channel_closed message.
 *
 * @throws ProtocolError `payload-malformed` when it is not a JSON object
 */
export function parseChannelClosed(payload: Buffer): ChannelClosed {
  const content = parseJsonPayload(payload, 'channel_closed');
  return {
    sessionId: stringMember(content, 'SessionId'),
    output: stringMember(content, 'Output'),
  };
}
