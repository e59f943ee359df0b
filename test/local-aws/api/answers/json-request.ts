import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** The body of a request. */
export async function readBody(request: IncomingMessage): Promise<string> {
  return (await buffer(request)).toString('utf8');
}

/** Answers with JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: object,
  contentType = 'application/json',
): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) })
    .end(text);
}

/** The access key id of a signed request, empty when it is not signed. */
export function accessKeyIdOf(request: IncomingMessage): string {
  return /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
}
