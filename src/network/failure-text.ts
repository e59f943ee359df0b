import { systemCode } from '../lib/errors/system-error.ts';

const TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was closed',
    EPIPE: 'the connection was closed',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'its name could not be resolved',
    EHOSTUNREACH: 'there is no route to it',
    ENETUNREACH: 'there is no route to it',
    ENETDOWN: 'the network is down',
    ETIMEDOUT: 'it does not answer',
    EACCES: 'this machine does not allow it',
    EPERM: 'this machine does not allow it',
  }),
);

/** Why a connection failed, as the second half of a sentence. */
export function failureText(error: unknown): string {
  const code = systemCode(error);
  const text = TEXTS.get(code);
  if (text !== undefined) return text;
  // When several addresses were tried, the error has no message.
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return message || code || 'unknown error';
}
