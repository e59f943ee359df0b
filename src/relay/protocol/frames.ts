/** Types of the frames between client and relay (docs/design/relay.md#frames). */
export const FrameType = {
  Hello: 1,
  Open: 2,
  Accept: 3,
  Opened: 4,
  Data: 5,
  Window: 6,
  End: 7,
  Reset: 8,
  Ping: 9,
  Pong: 10,
} as const;

/** What a stream of the relay is (docs/design/relay.md#streams). */
export const StreamKind = { tcp: 1, unix: 2, udp: 3, listener: 4 } as const;
export type StreamKindName = keyof typeof StreamKind;

/** Why a stream was reset (docs/design/relay.md#codes). */
export const RESET_CODES = {
  protocol: 1,
  refused: 2,
  timeout: 3,
  unreachable: 4,
  unresolved: 5,
  denied: 6,
  reset: 7,
  limit: 8,
  'in-use': 9,
  other: 10,
  closed: 11,
} as const;
export type ResetCode = keyof typeof RESET_CODES;

/** Version of the protocol. It changes when an older side would not understand the new one. */
export const RELAY_VERSION = 1;
/** Bytes of a header: type, flags, length, id. */
export const FRAME_HEADER_BYTES = 8;
/** Most bytes of one DATA frame: a stream sends one frame in its turn, while the other streams wait. */
export const MAX_DATA_BYTES = 16 * 1024;
/** Bytes of an address or text in a frame: a host name has 253 at most. */
export const MAX_TEXT_BYTES = 255;
/** Bytes of the random value which shows that the relay of this run has answered. */
export const RELAY_NONCE_BYTES = 16;
/** Streams that are open at the same time: each is an open file of the target, and select looks at all of them. */
export const MAX_STREAMS = 1024;
/** Bytes that the client may send before OPENED: most requests fit, and need no further round trip. */
export const EARLY_WINDOW_BYTES = 4096;
/** Bytes of DATA on the way in one direction of one stream. */
export const MAX_STREAM_WINDOW_BYTES = 256 * 1024;
/**
 * Bytes of DATA of all streams on the way here. The agent has no flow control, keeps 100 000 messages
 * (docs/design/agent.md#separate-output), and 4 MiB in flight are 60 MB/s at a round trip of 70 ms.
 */
export const MAX_CREDIT_BYTES = 4 * 1024 * 1024;
/** Initial and least value of the same: four frames, so that the agent always has something to send. */
export const MIN_CREDIT_BYTES = 64 * 1024;
/** Cost of a DATA frame besides its payload: each may be a message of the agent, which adds about as many bytes. */
export const FRAME_COST_BYTES = 64;
/** Bytes of the payload of PING. */
export const PING_BYTES = 8;

/** A frame of the relay. Its texts are not trusted. */
export type RelayFrame =
  | {
      readonly type: 'hello';
      readonly version: number;
      readonly nonce: Buffer;
      readonly maxStreams: number;
      readonly name: string;
    }
  | {
      readonly type: 'accept';
      readonly id: number;
      readonly listener: number;
      readonly window: number;
      readonly peer: string;
    }
  | {
      readonly type: 'opened';
      readonly id: number;
      readonly window: number;
      readonly port: number;
    }
  | { readonly type: 'data'; readonly id: number; readonly bytes: Buffer }
  | { readonly type: 'window'; readonly id: number; readonly bytes: number }
  | { readonly type: 'end'; readonly id: number }
  | {
      readonly type: 'reset';
      readonly id: number;
      readonly code: ResetCode;
      readonly text: string;
    }
  | { readonly type: 'pong'; readonly token: Buffer };
