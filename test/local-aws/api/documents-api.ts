import { isJsonObject, stringMember, type JsonObject } from '../../../src/protocol/json.ts';
import { RefusedRequest } from './page.ts';

/** The contents of a Session document. */
export type DocumentContent = JsonObject;

/** The documents of an account by name; preferences are one of them when somebody has set any. */
export type Documents = ReadonlyMap<string, DocumentContent>;

/** The parameters of AWS's own documents. */
const AWS_DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  'AWS-StartInteractiveCommand': ['command'],
  'AWS-StartNonInteractiveCommand': ['command', 'separateOutputStream'],
  'AWS-StartPortForwardingSession': ['portNumber', 'localPortNumber'],
  'AWS-StartPortForwardingSessionToRemoteHost': ['portNumber', 'localPortNumber', 'host'],
  'AWS-StartPortForwardingSessionToSocket': ['portNumber', 'localUnixSocket', 'host'],
  'AWS-StartSSHSession': ['portNumber'],
};

/**
 * The documents of an account.
 *
 * @param own - contents by name, in addition to AWS's documents or in place of one
 */
export function documentsWith(own: Readonly<Record<string, DocumentContent>>): Documents {
  const ofAws = Object.entries(AWS_DOCUMENTS).map(([name, parameters]) => {
    return [name, documentContent(parameters)] as const;
  });
  return new Map([...ofAws, ...Object.entries(own)]);
}

/** A document with these parameters, all of them strings. */
export function documentContent(parameters: readonly string[]): DocumentContent {
  return {
    schemaVersion: '1.0',
    description: 'A document of the local target',
    parameters: Object.fromEntries(parameters.map((name) => [name, { type: 'String' }])),
  };
}

/** The answer of GetDocument; throws {@link RefusedRequest}. */
export function getDocument(documents: Documents, request: JsonObject): JsonObject {
  const name = stringMember(request, 'Name');
  const content = documents.get(name);
  if (content === undefined) {
    throw new RefusedRequest('InvalidDocument', `Document with name ${name} does not exist.`);
  }
  return {
    Name: name,
    DocumentVersion: '1',
    Status: 'Active',
    Content: JSON.stringify(content),
    DocumentType: 'Session',
    DocumentFormat: 'JSON',
  };
}

/** Throws {@link RefusedRequest} when a document that there is has no parameter of a name. */
export function assertParametersOf(
  documents: Documents,
  document: string | undefined,
  names: readonly string[],
): void {
  const parameters = documents.get(document ?? '')?.['parameters'];
  if (!isJsonObject(parameters)) return;
  const stranger = names.find((name) => !(name in parameters));
  if (stranger !== undefined) {
    throw new RefusedRequest(
      'InvalidParameters',
      `Parameter "${stranger}" is not defined in the document ${document ?? ''}.`,
    );
  }
}
