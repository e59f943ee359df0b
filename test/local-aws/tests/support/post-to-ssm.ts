import type { LocalAws } from '../../local-aws.ts';

/**
 * Calls an operation of Systems Manager without the AWS SDK, so that anything can be sent.
 *
 * @param body - an object, or the text of a body that is no JSON
 * @param own - headers besides the usual ones, and what ends the call
 */
export function postToSsm(
  { endpoint }: Pick<LocalAws, 'endpoint'>,
  operation: string,
  body: object | string,
  { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonSSM.${operation}`,
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}
