import { isJsonObject, stringMember, type JsonObject } from '../../../src/lib/json.ts';
import { AWS_DOCUMENTS, type DocumentContent } from './document-content.ts';
import { pageOf, type PageLimits } from './answers/page.ts';
import { RefusedRequest } from './answers/refused-request.ts';

/** The documents of an account by name; preferences are one of them if they are set. */
export type Documents = ReadonlyMap<string, DocumentContent>;

/** Characters of a parameter's value (Systems Manager API, SessionManagerParameterValue). */
const VALUE_CHARACTERS = { least: 1, most: 65_535 };

/**
 * The documents of an account.
 *
 * @param own - contents by name, in addition to AWS's documents or in place of one
 */
export function documentsWith(own: Readonly<Record<string, DocumentContent>>): Documents {
  return new Map([...Object.entries(AWS_DOCUMENTS), ...Object.entries(own)]);
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

/** Documents in one answer of ListDocuments (botocore, service-2.json of ssm: `MaxResults`). */
const LIST_LIMITS: PageLimits = { least: 1, most: 50, byDefault: 50 };

/** The answer of ListDocuments for a filter by types; throws {@link RefusedRequest}. @param policies - names of those that approve access */
export function listDocuments(
  documents: Documents,
  policies: readonly string[],
  request: JsonObject,
): JsonObject {
  const filters: readonly unknown[] = Array.isArray(request['Filters']) ? request['Filters'] : [];
  const isWanted = (type: string): boolean =>
    filters.every((filter) => {
      if (!isJsonObject(filter) || stringMember(filter, 'Key') !== 'DocumentType') {
        throw new RefusedRequest('InvalidFilterKey', 'The specified key is not valid.');
      }
      return Array.isArray(filter['Values']) && filter['Values'].includes(type);
    });
  const all = [
    ...[...documents.keys()].map((name) => ({ name, type: 'Session' })),
    ...policies.map((name) => ({ name, type: 'ManualApprovalPolicy' })),
  ].filter(({ type }) => isWanted(type));
  const { items, nextToken } = pageOf(all, request, LIST_LIMITS);
  return {
    DocumentIdentifiers: items.map(({ name, type }) => ({
      Name: name,
      DocumentVersion: '1',
      DocumentType: type,
      DocumentFormat: 'JSON',
    })),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}

/** Throws {@link RefusedRequest} for parameters that the service or their document does not take. */
export function assertParameters(
  documents: Documents,
  document: string | undefined,
  given: Readonly<Record<string, readonly string[]>>,
): void {
  for (const [name, values] of Object.entries(given)) {
    for (const value of values) assertLength(name, Array.from(value).length);
  }
  const parameters = documents.get(document ?? '')?.['parameters'];
  if (!isJsonObject(parameters)) return;
  for (const [name, values] of Object.entries(given)) {
    const definition = parameters[name];
    if (!isJsonObject(definition)) {
      throw new RefusedRequest(
        'InvalidParameters',
        `Parameter "${name}" is not defined in the document ${document ?? ''}.`,
      );
    }
    const { allowedValues } = definition;
    if (Array.isArray(allowedValues) && !values.every((value) => allowedValues.includes(value))) {
      throw new RefusedRequest(
        'InvalidParameters',
        `Parameter "${name}" has a value that the document ${document ?? ''} does not allow.`,
      );
    }
  }
}

function assertLength(name: string, characters: number): void {
  const { least, most } = VALUE_CHARACTERS;
  const bound =
    characters < least
      ? `greater than or equal to ${least}`
      : characters > most
        ? `less than or equal to ${most}`
        : undefined;
  if (bound === undefined) return;
  throw new RefusedRequest(
    'ValidationException',
    `1 validation error detected: Value at 'parameters.${name}.1.member' failed to satisfy constraint: Member must have length ${bound}`,
  );
}
