import type { SessionOptions } from '../../../src/session/session-host.ts';

/** A session as the AWS CLI has it run, but at any rate of messages. */
export const SESSION_OPTIONS: SessionOptions = {
  session: {
    sessionId: 'user-0123456789abcdef0',
    streamUrl: 'wss://gateway/',
    tokenValue: 'token',
    documentName: '',
  },
  settings: { messagesPerSecond: 0, pingIntervalMs: 300_000, resumeTimeoutMs: 1_200_000 },
  clientVersion: '1.3.0.0',
  requested: { kind: 'unknown' },
  encryptionRefusal: undefined,
};

const { sessionId } = SESSION_OPTIONS.session;
/** What is printed when it starts, and when it has ended as it should. */
export const STARTING = `\nStarting session with SessionId: ${sessionId}\n`;
export const EXITING = `\n\nExiting session with sessionId: ${sessionId}.\n\n`;
