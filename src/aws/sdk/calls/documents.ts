import { GetDocumentCommand, ListDocumentsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { isJsonObject, parseObject, stringMember, type JsonObject } from '../../../lib/json.ts';
import { callFailures } from '../../../failures/calls.ts';
import { AwsError } from '../aws-error.ts';
import type { DocumentParameter, SessionDocument } from '../../aws.ts';
import type { Call } from '../describe-failure.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { isSet, pagesOf } from './pages.ts';

/** Most documents in one answer of ListDocuments (Systems Manager API). */
const DOCUMENTS_IN_A_PAGE = 50;

/** A Session document in JSON, to which the service converts documents in YAML. */
export async function getDocument(calls: SdkCalls, name: string): Promise<SessionDocument> {
  const what: Call = {
    action: 'ssm:GetDocument',
    object: `document ${name}`,
    purpose: `read the document ${name}`,
    subject: { kind: 'document', name },
  };
  return calls.call('ssm', what, async (config) => {
    const command = new GetDocumentCommand({ Name: name, DocumentFormat: 'JSON' });
    const answer = await new SSMClient(config).send(command).catch((error: unknown) => {
      throw error instanceof Error && error.name === 'InvalidDocument'
        ? new AwsError(callFailures['document-not-found'](what.purpose, name))
        : error;
    });
    return documentOf(answer.Content ?? '', what.purpose);
  });
}

/** Names of the Session documents that the caller sees, those of AWS among them. */
export async function listSessionDocuments(calls: SdkCalls): Promise<readonly string[]> {
  const what = {
    action: 'ssm:ListDocuments',
    object: 'the Session documents',
    purpose: 'list the documents',
  };
  const pages = pagesOf((NextToken) =>
    calls.call('ssm', what, (config) =>
      new SSMClient(config).send(
        new ListDocumentsCommand({
          Filters: [{ Key: 'DocumentType', Values: ['Session'] }],
          MaxResults: DOCUMENTS_IN_A_PAGE,
          NextToken,
        }),
      ),
    ),
  );
  const names: string[] = [];
  for await (const page of pages) {
    names.push(...(page.DocumentIdentifiers ?? []).map(({ Name = '' }) => Name).filter(isSet));
  }
  return names;
}

function documentOf(text: string, purpose: string): SessionDocument {
  const content = parseObject(text);
  if (content === undefined)
    throw new AwsError(callFailures['answer-incomplete'](purpose, 'JSON object'));
  const parameters = memberOf(content, 'parameters');
  return {
    sessionType: stringMember(content, 'sessionType'),
    parameters: new Map(
      Object.keys(parameters).map((name) => [name, parameterOf(memberOf(parameters, name))]),
    ),
    properties: memberOf(content, 'properties'),
    inputs: memberOf(content, 'inputs'),
  };
}

/** Defaults may also be written as a boolean or a number. */
function parameterOf(definition: JsonObject): DocumentParameter {
  const { default: value, allowedValues } = definition;
  const isText = typeof value === 'string' || typeof value === 'boolean';
  return {
    defaultValue: isText || typeof value === 'number' ? String(value) : undefined,
    allowedValues: Array.isArray(allowedValues) ? allowedValues.map(String) : undefined,
  };
}

function memberOf(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}
