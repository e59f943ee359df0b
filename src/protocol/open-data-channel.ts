/** The contents of the first frame on a new socket. */
export interface OpenDataChannel {
  /** A UUID, new for each socket. */
  readonly requestId: string;
  /** The token that StartSession or ResumeSession returned. Never log it. */
  readonly tokenValue: string;
  /** A UUID, the same for the life of the process. */
  readonly clientId: string;
  readonly clientVersion: string;
}

const MESSAGE_SCHEMA_VERSION = '1.0';

/** The first frame on every socket, sent as text (docs/design/protocol.md#first-frame). */
export function encodeOpenDataChannel(open: OpenDataChannel): string {
  return JSON.stringify({
    MessageSchemaVersion: MESSAGE_SCHEMA_VERSION,
    RequestId: open.requestId,
    TokenValue: open.tokenValue,
    ClientId: open.clientId,
    ClientVersion: open.clientVersion,
  });
}
