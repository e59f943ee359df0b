import { ProtocolError } from '../protocol/protocol-error.ts';

/** A JSON object whose members are still to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Narrows a parsed JSON value to an object; arrays and null are none. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a payload that must be a JSON object.
 *
 * @param what - names the payload in the error
 * @throws ProtocolError `payload-malformed`; the text never quotes the payload
 */
export function parseJsonPayload(payload: Buffer, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    throw new ProtocolError('payload-malformed', `${what} is not JSON`);
  }
  if (!isJsonObject(value)) {
    throw new ProtocolError('payload-malformed', `${what} is not a JSON object`);
  }
  return value;
}

/** The member if it is a string, else the empty string: peers leave out or null what they do not use. */
export function stringMember(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}
