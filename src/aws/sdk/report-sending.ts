import type { HttpHandler } from '@smithy/protocol-http';
import type { AwsOptions } from '../aws-options.ts';
import type { EndpointService } from '../endpoint.ts';
import { serviceSubject } from '../service-subject.ts';

/**
 * Reports that a call waits for its service, from its first request to its end: with retries, and the
 * pauses between them.
 *
 * @param run - makes the call with the handler that it receives
 */
export async function reportSending<T>(
  { region, env, reportWait }: Pick<AwsOptions, 'region' | 'env' | 'reportWait'>,
  service: EndpointService,
  handler: HttpHandler,
  run: (handler: HttpHandler) => Promise<T>,
): Promise<T> {
  let end: (() => void) | undefined;
  const reporting: HttpHandler = {
    ...handler,
    handle(request, options) {
      const { protocol, hostname, port } = request;
      const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
      end ??= reportWait(serviceSubject(service, region, url, env));
      return handler.handle(request, options);
    },
  };
  try {
    return await run(reporting);
  } finally {
    end?.();
  }
}
