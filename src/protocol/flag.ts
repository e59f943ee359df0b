import { ProtocolError } from './protocol-error.ts';

/** The numbers in a payload of type Flag (docs/design/protocol.md#flags). */
export const Flag = {
  /** Client to agent, basic port sessions: the local connection is closed; close the target's, too. */
  DisconnectToPort: 1,
  /** Client to agent: end the session. */
  TerminateSession: 2,
  /** Agent to client: connecting to the target's port failed. */
  ConnectToPortError: 3,
} as const;

/** A known flag. */
export type Flag = (typeof Flag)[keyof typeof Flag];

const FLAG_PAYLOAD_BYTES = 4;

/** The payload of a Flag message: a 4-byte big-endian number. */
export function encodeFlag(flag: Flag): Buffer {
  const payload = Buffer.alloc(FLAG_PAYLOAD_BYTES);
  payload.writeUInt32BE(flag);
  return payload;
}

/**
 * Reads the payload of a Flag message.
 *
 * @returns the number, which may be one this client does not know
 * @throws ProtocolError `payload-malformed` when it is shorter than 4 bytes
 */
export function decodeFlag(payload: Buffer): number {
  if (payload.length < FLAG_PAYLOAD_BYTES) {
    throw new ProtocolError('payload-malformed', `flag payload of ${payload.length} bytes`);
  }
  return payload.readUInt32BE();
}
