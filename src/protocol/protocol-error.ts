/** Why bytes from the peer could not be understood. */
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
  | 'smux-command';

/**
 * Bytes from the peer that break the protocol. It names the rule that was broken and sizes or
 * numbers, never payload contents: its text may reach a log.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly reason: ProtocolErrorReason;

  constructor(reason: ProtocolErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
