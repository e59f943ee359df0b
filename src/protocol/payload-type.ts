/** The kinds of payloads of stream messages (docs/design/protocol.md#payload-types). */
export const PayloadType = {
  /** Raw bytes in both directions; encrypted when the session is. */
  Output: 1,
  /** The agent's message about a failure. */
  Error: 2,
  /** JSON `{"cols":n,"rows":n}`, client to agent. */
  Size: 3,
  Parameter: 4,
  HandshakeRequest: 5,
  HandshakeResponse: 6,
  HandshakeComplete: 7,
  EncryptionChallengeRequest: 8,
  EncryptionChallengeResponse: 9,
  /** A 4-byte big-endian number, see {@link Flag}. */
  Flag: 10,
  /** Raw bytes that the remote command wrote to its standard error; encrypted when the session is. */
  StdErr: 11,
  /** ASCII `EXIT_CODE: <n>`; encrypted when the session is. */
  ExitCode: 12,
} as const;

/** A known payload type. Received messages have a plain number, because a peer may send a newer one. */
export type PayloadType = (typeof PayloadType)[keyof typeof PayloadType];
