import { getSystemErrorMap } from 'node:util';

/**
 * The code of a system error, such as `ECONNRESET`, of an OpenSSL or a Node.js error; empty for anything
 * thrown that has none.
 */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : '';
}

/** The system's text of an error, such as `no space left on device`. */
export function systemText(error: Error): string {
  const number: unknown = Reflect.get(error, 'errno');
  const known = typeof number === 'number' ? getSystemErrorMap().get(number) : undefined;
  return known?.[1] ?? error.message;
}
