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

/** The code of a system error (`ECONNREFUSED`, …), an OpenSSL error or a Node.js error, if it has one. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Why a connection failed, as the second half of a sentence. */
export function failureText(error: unknown): string {
  const code = errorCode(error);
  const text = code === undefined ? undefined : TEXTS.get(code);
  if (text !== undefined) return text;
  // When several addresses were tried, the error has no message.
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return message === '' ? (code ?? 'unknown error') : message;
}
