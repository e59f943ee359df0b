import { Ajv } from 'ajv';
import formats from 'ajv-formats';

/** Of the input: a name alone does not identify it (in-toto/attestation, spec/v1/resource_descriptor.md). */
const RESOURCE = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    uri: { type: 'string', format: 'uri' },
    digest: {
      type: 'object',
      minProperties: 1,
      // Lower case (spec/v1/digest_set.md).
      properties: {
        sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        sha512: { type: 'string', pattern: '^[0-9a-f]{128}$' },
        gitCommit: { type: 'string', pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$' },
      },
      additionalProperties: false,
    },
    annotations: { type: 'object' },
  },
  anyOf: [{ required: ['uri'] }, { required: ['digest'] }],
  additionalProperties: false,
} as const;

const TYPE_URI = { type: 'string', format: 'uri' } as const;

/**
 * What in-toto and SLSA require of a statement with a provenance. Both publish their schemas as text and protobuf only
 * (in-toto/attestation, spec/v1/statement.md; slsa-framework/slsa, spec/build-provenance.md). Fields that they allow and
 * this project does not write are refused: they would be misspelled ones.
 */
const STATEMENT = {
  type: 'object',
  required: ['_type', 'subject', 'predicateType', 'predicate'],
  additionalProperties: false,
  properties: {
    _type: { const: 'https://in-toto.io/Statement/v1' },
    subject: {
      type: 'array',
      minItems: 1,
      items: { ...RESOURCE, required: ['name', 'digest'] },
    },
    predicateType: { const: 'https://slsa.dev/provenance/v1' },
    predicate: {
      type: 'object',
      required: ['buildDefinition', 'runDetails'],
      additionalProperties: false,
      properties: {
        buildDefinition: {
          type: 'object',
          required: ['buildType', 'externalParameters'],
          additionalProperties: false,
          properties: {
            buildType: TYPE_URI,
            externalParameters: { type: 'object' },
            resolvedDependencies: { type: 'array', items: RESOURCE },
          },
        },
        runDetails: {
          type: 'object',
          required: ['builder'],
          additionalProperties: false,
          properties: {
            builder: {
              type: 'object',
              required: ['id'],
              additionalProperties: false,
              properties: { id: TYPE_URI },
            },
          },
        },
      },
    },
  },
} as const;

/** What is wrong with a statement, as JSON; nothing when it is valid. */
export function schemaErrors(statement: unknown): readonly string[] {
  const ajv = new Ajv({ allErrors: true });
  formats.default(ajv);
  ajv.validate(STATEMENT, statement);
  return (ajv.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}
