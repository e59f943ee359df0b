import { familyOf, ProgramError } from '../lib/errors/program-error.ts';

/** The rule of the protocol that was broken. */
export type ProtocolErrorReason =
  | 'frame-truncated'
  | 'frame-trailing'
  | 'header-length'
  | 'message-type-empty'
  | 'created-date-zero'
  | 'number-out-of-range'
  | 'digest-mismatch'
  | 'payload-malformed'
  | 'handshake-excessive'
  | 'smux-version'
  | 'smux-command'
  | 'relay';

/**
 * Bytes from the peer that break the protocol. The message names the rule and sizes or numbers, never
 * the contents of a payload, because it may be logged.
 */
export class ProtocolError extends ProgramError<ProtocolErrorReason> {
  override readonly name = 'ProtocolError';

  constructor(reason: ProtocolErrorReason, message: string) {
    super('protocol', { code: reason, reason, problem: message, remedy: '' });
  }
}

/** Whether an error is a {@link ProtocolError}. */
export function isProtocolError(thrown: unknown): thrown is ProtocolError {
  return familyOf(thrown) === 'protocol';
}
