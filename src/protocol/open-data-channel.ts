/** What the first frame on a new socket says. */
export interface OpenDataChannel {
  /** A UUID, new for each socket. */
  readonly requestId: string;
  /** The token StartSession or ResumeSession gave. Never to be logged. */
  readonly tokenValue: string;
  /** A UUID, one for the life of the process. */
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
