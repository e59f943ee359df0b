import type { JsonObject } from '../../../../lib/json.ts';
import type { Call } from '../../describe-failure.ts';
import type { SdkCalls } from '../../sdk-calls.ts';
import type { DirectService } from './regional-endpoints.ts';
import { callOther } from './service-request.ts';
import { jsonOfXml } from './xml-answer.ts';

/** A service that is called by a form, and answers in XML (botocore, `metadata` of its service-2.json: `query`, `ec2`). */
export interface QueryApi {
  readonly service: DirectService;
  /** Of the API, a date. */
  readonly version: string;
}

/**
 * Calls a service that is called by a form.
 *
 * @param fields - of the form; those that are undefined are left out
 * @returns the members of the result, unchecked: each a text, an object or, when there are several of one name, an array
 */
export function callQuery(
  calls: SdkCalls,
  { service, version }: QueryApi,
  what: Call,
  action: string,
  fields: Readonly<Record<string, string | undefined>> = {},
): Promise<JsonObject> {
  return callOther(calls, service, what, {
    rewrite(request) {
      const form = new URLSearchParams({ Action: action, Version: version });
      for (const [name, value] of Object.entries(fields)) {
        if (value !== undefined) form.set(name, value);
      }
      request.headers['content-type'] = 'application/x-www-form-urlencoded; charset=utf-8';
      request.body = form.toString();
    },
    read: (body) => jsonOfXml(body, action),
  });
}
