import { getSystemErrorMap } from 'node:util';

/** The system's name of an error, such as `ECONNRESET`; empty when it has none. */
export function systemCode(error: Error): string {
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : '';
}

/** The system's text of an error, such as `no space left on device`. */
export function systemText(error: Error): string {
  const number: unknown = Reflect.get(error, 'errno');
  const known = typeof number === 'number' ? getSystemErrorMap().get(number) : undefined;
  return known?.[1] ?? error.message;
}
