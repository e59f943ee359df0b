import { createHash } from 'node:crypto';
import {
  createReadStream,
  linkSync,
  mkdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Refers to a blob (github.com/opencontainers/image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and hexadecimal. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

const BLOBS = 'blobs/sha256';

/** Makes the directory of the blobs in that of an image. */
export function makeBlobs(image: string): void {
  mkdirSync(join(image, BLOBS), { recursive: true });
}

/** Moves a file to the blobs of an image. */
export async function moveBlob(
  image: string,
  mediaType: string,
  file: string,
): Promise<Descriptor> {
  const descriptor = await describeFile(mediaType, file);
  renameSync(file, pathOf(image, descriptor));
  return descriptor;
}

/** Makes a file appear among the blobs of an image, too. */
export async function linkBlob(
  image: string,
  mediaType: string,
  file: string,
): Promise<Descriptor> {
  const descriptor = await describeFile(mediaType, file);
  linkSync(file, pathOf(image, descriptor));
  return descriptor;
}

/** Writes a value as JSON to the blobs of an image. */
export function writeJsonBlob(image: string, mediaType: string, value: object): Descriptor {
  const text = JSON.stringify(value);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const descriptor = { mediaType, digest, size: Buffer.byteLength(text) };
  writeFileSync(pathOf(image, descriptor), text);
  return descriptor;
}

async function describeFile(mediaType: string, file: string): Promise<Descriptor> {
  const digest = await digestOf(createReadStream(file));
  return { mediaType, digest, size: statSync(file).size };
}

/** The digest of a stream, in the form of descriptors. */
export async function digestOf(
  stream: NodeJS.ReadableStream,
  ...transforms: readonly NodeJS.ReadWriteStream[]
): Promise<string> {
  const hash = createHash('sha256');
  await pipeline([stream, ...transforms, hash]);
  return `sha256:${hash.digest('hex')}`;
}

function pathOf(image: string, { digest }: Descriptor): string {
  return join(image, BLOBS, digest.replace('sha256:', ''));
}
