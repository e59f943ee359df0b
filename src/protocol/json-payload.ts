import { parseObject, type JsonObject } from '../lib/json.ts';
import { ProtocolError } from './protocol-error.ts';

/**
 * Reads a payload that must be a JSON object.
 *
 * @param what - names the payload in the error
 * @throws ProtocolError `payload-malformed`; the message never quotes the payload
 */
export function parseJsonPayload(payload: Buffer, what: string): JsonObject {
  const text = payload.toString('utf8');
  const value = parseObject(text);
  if (value === undefined) {
    throw new ProtocolError('payload-malformed', `${what} is not a JSON object`);
  }
  return value;
}
