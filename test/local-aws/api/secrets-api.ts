import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringMember } from '../../../src/lib/json.ts';
import { parseJsonPayload } from '../../../src/protocol/json-payload.ts';
import { accessDenied, type Iam } from '../iam/iam.ts';
import { answerJson, readBody } from './json-request.ts';

/** `X-Amz-Target` of the only operation that is answered (botocore, `metadata` of service-2.json of secretsmanager). */
const TARGET = 'secretsmanager.GetSecretValue';
const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** Whether a request is for Secrets Manager. */
export function isSecretsRequest(request: IncomingMessage): boolean {
  return request.headers['x-amz-target'] === TARGET;
}

/** Answers GetSecretValue. @param secrets - texts by the names or ARNs that they are asked for by */
export async function handleSecretsRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { secrets, iam }: { readonly secrets: Readonly<Record<string, string>>; readonly iam: Iam },
): Promise<void> {
  const body = parseJsonPayload(Buffer.from(await readBody(request)), 'request');
  const id = stringMember(body, 'SecretId');
  const denied = iam.refusal([{ action: TARGET.replace('.', ':'), resource: id }]);
  const text = secrets[id];
  if (denied !== undefined || text === undefined) {
    const { status, type, message } =
      denied === undefined
        ? {
            ...{ status: 400, type: 'ResourceNotFoundException' },
            message: "Secrets Manager can't find the specified secret.",
          }
        : accessDenied(denied);
    answerJson(response, status, { __type: type, message }, CONTENT_TYPE);
    return;
  }
  answerJson(response, 200, { Name: id, SecretString: text }, CONTENT_TYPE);
}
