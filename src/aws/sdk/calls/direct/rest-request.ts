import type { JsonObject } from '../../../../lib/json.ts';
import type { Call } from '../../describe-failure.ts';
import type { SdkCalls } from '../../sdk-calls.ts';
import type { DirectService } from './regional-endpoints.ts';
import { callOther } from './service-request.ts';

/** What is asked for (botocore, `http` of an operation). */
interface RestRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: JsonObject;
}

/** Calls a service that reads and answers JSON at paths (botocore, `metadata` of its service-2.json: `rest-json`). */
export function callRest(
  calls: SdkCalls,
  service: DirectService,
  what: Call,
  { method, path, body }: RestRequest,
): Promise<JsonObject> {
  return callOther(calls, service, what, {
    rewrite(request) {
      Object.assign(request, { method, path });
      request.headers['content-type'] = 'application/json';
      request.body = body && JSON.stringify(body);
    },
  });
}
