import { GetDocumentCommand, InvalidDocument, SSMClient } from '@aws-sdk/client-ssm';
import { isJsonObject, parseJsonPayload, type JsonObject } from '../protocol/json.ts';
import { AwsError } from './aws-error.ts';
import type { SessionDocument } from './fleet.ts';
import type { SdkCalls } from './sdk-calls.ts';

/** A Session document, which must be one of JSON: the service turns those in YAML into it. */
export async function getDocument(calls: SdkCalls, name: string): Promise<SessionDocument> {
  const what = { action: 'ssm:GetDocument', object: `document ${name}` };
  return calls.call('ssm', what, async (config) => {
    const command = new GetDocumentCommand({ Name: name, DocumentFormat: 'JSON' });
    const answer = await new SSMClient(config).send(command).catch((error: unknown) => {
      throw error instanceof InvalidDocument
        ? new AwsError('not-found', 'there is no document of this name')
        : error;
    });
    return documentOf(answer.Content ?? '');
  });
}

function documentOf(text: string): SessionDocument {
  let content: JsonObject;
  try {
    content = parseJsonPayload(Buffer.from(text), 'document');
  } catch {
    throw new AwsError('invalid', 'the document is not a JSON object');
  }
  const member = (name: string): JsonObject => {
    const value = content[name];
    return isJsonObject(value) ? value : {};
  };
  return { parameters: Object.keys(member('parameters')), inputs: member('inputs') };
}
