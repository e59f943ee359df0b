import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import draft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { runTool } from '../../../../build/tool.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BSDTAR, OCI_SCHEMAS } from '../../../support/tools.ts';

/** What tests read of a descriptor (github.com/opencontainers/image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Index and manifest of an image. */
export interface ImageDocument {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

const INDEX = 'application/vnd.oci.image.index.v1+json';
/** It refers to no other blob. */
const CONFIGURATION = 'application/vnd.oci.image.config.v1+json';

/** The schemas of the documents, by their media types. */
const SCHEMAS: Readonly<Record<string, string>> = {
  [CONFIGURATION]: 'config-schema.json',
  [INDEX]: 'image-index-schema.json',
  'application/vnd.oci.image.manifest.v1+json': 'image-manifest-schema.json',
};
/** An unpacked image layout. */
export interface ImageLayout {
  readonly directory: string;
  /** The bytes of a blob whose digest and size are those of its descriptor. */
  readonly blob: (descriptor: Descriptor) => Buffer;
}

/** Unpacks the tar file of an image. */
export function unpackLayout(t: TestContext, file: string): ImageLayout {
  const directory = temporaryDirectory(t);
  runTool(BSDTAR, ['-xf', file, '-C', directory]);
  return {
    directory,
    blob({ digest, size }) {
      const content = readFileSync(join(directory, 'blobs', ...digest.split(':')));
      assert.equal(`sha256:${createHash('sha256').update(content).digest('hex')}`, digest);
      assert.equal(content.length, size);
      return content;
    },
  };
}

/**
 * Reads every document of an image and checks it with its schema. Fails when the layout has another blob.
 *
 * @returns the manifests, by the processors that they are for
 */
export function validDocuments({
  directory,
  blob,
}: ImageLayout): ReadonlyMap<string, ImageDocument> {
  const validate = validator();
  const manifests = new Map<string, ImageDocument>();
  const seen = new Set<string>();
  const visit = (descriptor: Descriptor): void => {
    seen.add(descriptor.digest.replace('sha256:', ''));
    const content = blob(descriptor);
    const schema = SCHEMAS[descriptor.mediaType];
    if (schema === undefined) return;
    const document = JSON.parse(content.toString('utf8')) as ImageDocument;
    validate(schema, document);
    if (descriptor.mediaType === CONFIGURATION) return;
    if (descriptor.platform !== undefined) {
      manifests.set(descriptor.platform.architecture, document);
    }
    const { manifests: listed = [], config, layers = [] } = document;
    for (const each of [...listed, ...(config === undefined ? [] : [config]), ...layers]) {
      visit(each);
    }
  };
  const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')) as ImageDocument;
  validate(SCHEMAS[INDEX] ?? '', index);
  const layout: unknown = JSON.parse(readFileSync(join(directory, 'oci-layout'), 'utf8'));
  validate('image-layout-schema.json', layout);
  for (const each of index.manifests ?? []) visit(each);
  assert.deepEqual(readdirSync(join(directory, 'blobs', 'sha256')).sort(), [...seen].sort());
  return manifests;
}

/** Checks a document with a schema of the specification, which fails with what is wrong. */
function validator(): (schema: string, document: unknown) => void {
  const ajv = new draft04.default({ strict: false });
  addFormats.default(ajv);
  for (const name of readdirSync(OCI_SCHEMAS.program).filter((each) => each.endsWith('.json'))) {
    const text = readFileSync(join(OCI_SCHEMAS.program, name), 'utf8');
    // Schemas refer to each other by their file names. Without their ids, these are their only names. They write the URL of
    // their version of JSON Schema with https, which is not its id.
    const schema = JSON.parse(text, (key, value: unknown) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
    ) as object;
    ajv.addSchema(schema, name);
  }
  return (schema, document) => {
    assert.ok(ajv.validate(schema, document), `${schema}: ${ajv.errorsText()}`);
  };
}
