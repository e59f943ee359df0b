import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../../src/protocol/json-payload.ts';
import { answerJson, readBody } from './json-request.ts';
import { RefusedRequest } from './refused-request.ts';
import { listenerOf, type Route } from './route.ts';

/** A service that speaks AWS JSON 1.1 (botocore, `metadata` of its service-2.json). */
export interface JsonService {
  /** What `X-Amz-Target` has before the operation, with the dot. */
  readonly prefix: string;
  /** The member of an error with its text. */
  readonly messageMember: 'message' | 'Message';
  /**
   * @returns the members of the answer
   * @throws RefusedRequest
   */
  readonly answer: (
    operation: string,
    body: JsonObject,
    request: IncomingMessage,
  ) => object | Promise<object>;
}

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** The requests of a service. */
export function jsonRoute({ prefix, messageMember, answer }: JsonService): Route {
  const targetOf = (request: IncomingMessage): string => String(request.headers['x-amz-target']);
  return {
    isFor: (request) => targetOf(request).startsWith(prefix),
    listener: listenerOf(async (request, response) => {
      const body = parseJsonPayload(Buffer.from(await readBody(request)), 'request');
      try {
        const result = await answer(targetOf(request).slice(prefix.length), body, request);
        answerJson(response, 200, result, CONTENT_TYPE);
      } catch (error) {
        if (!(error instanceof RefusedRequest)) throw error;
        const { status, type, message } = error.failure;
        answerJson(response, status, { __type: type, [messageMember]: message }, CONTENT_TYPE);
      }
    }),
  };
}
