import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError } from '../runtime/build-error.mjs';
import type { IndexDates } from './archive-index.ts';
import { sha256OfFile } from '../runtime/sha256-of-file.mjs';

/** The packages of Debian that a build is made of: enough to make it again from the same files. */
export interface PackagesRecord {
  /** Code name of Debian's suite. */
  readonly suite: string;
  /** As apt names it. */
  readonly architecture: string;
  /** Of the signed index of the suite. The digests are of it and of that of the security updates. */
  readonly index: IndexDates;
  /** Of the signed index of the suite's security updates; undefined where they were not looked for. */
  readonly security?: IndexDates | undefined;
  readonly packages: readonly RecordedPackage[];
}

/** One package file. */
export interface RecordedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** `name_version_architecture.deb`, the colon of a version as `%3a`. */
  readonly file: string;
  readonly uri: string;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
}

/** The record's name, in a directory of package files and beside the packages that are published. */
export const RECORD_FILE = 'debian-packages.json';

/** Writes the record into a directory, in one step. */
export function writeRecord(directory: string, record: PackagesRecord): void {
  const path = join(directory, RECORD_FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/**
 * Reads the record in a directory.
 *
 * @throws BuildError when the record is missing, or not as {@link writeRecord} writes it
 */
export function readRecord(directory: string): PackagesRecord {
  const path = join(directory, RECORD_FILE);
  if (!existsSync(path)) {
    throw new BuildError(
      `${directory} has no ${RECORD_FILE}: put the one of the release there, beside its package files`,
    );
  }
  const record = parse(readFileSync(path, 'utf8'));
  if (!isRecord(record)) throw new BuildError(`${path} is not a record of Debian's packages`);
  return record;
}

/** Whether the directory has the file, with the bytes that the record names. */
export function isWhole(directory: string, { file, sha256 }: RecordedPackage): boolean {
  const path = join(directory, file);
  return existsSync(path) && sha256OfFile(path) === sha256;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A name of a file in the directory itself, never a path out of it. */
const FILE_NAME = /^[\w.+~%-]+_[\w.+~%-]+_\w+\.deb$/;
const DIGEST = /^[0-9a-f]{64}$/;

function isRecord(value: unknown): value is PackagesRecord {
  if (!isObject(value) || !Array.isArray(value['packages'])) return false;
  const { suite, architecture, index, security } = value;
  return (
    areStrings(suite, architecture) &&
    areDates(index) &&
    (security === undefined || areDates(security)) &&
    value['packages'].every(isRecordedPackage)
  );
}

function areDates(value: unknown): value is IndexDates {
  if (!isObject(value)) return false;
  const { date, validUntil } = value;
  return areStrings(date) && (validUntil === undefined || typeof validUntil === 'string');
}

function isRecordedPackage(value: unknown): value is RecordedPackage {
  if (!isObject(value)) return false;
  const { name, version, architecture, file, uri, sha256 } = value;
  return (
    areStrings(name, version, architecture, uri) &&
    typeof file === 'string' &&
    FILE_NAME.test(file) &&
    typeof sha256 === 'string' &&
    DIGEST.test(sha256)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function areStrings(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}
