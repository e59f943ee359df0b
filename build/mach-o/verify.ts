import { hash } from 'node:crypto';
import { BLOB_HEADER_BYTES, BlobMagic, decodeBlob, decodeSuperBlob, Slot } from './blob.ts';
import {
  CodeFlag,
  HASH_BYTES,
  HASH_TYPE_SHA256,
  VERSION_EXECUTABLE_SEGMENT,
} from './code-directory.ts';
import { findSegment, readLoadCommands, type MachO } from './load-commands.ts';
import { MachOError } from './mach-o-error.ts';

/** A signature all of whose hashes are right. */
export interface MachOSignature {
  readonly identifier: string;
  readonly teamIdentifier: string | undefined;
  /** Whether it is marked as made without an identity. */
  readonly adHoc: boolean;
  readonly hardenedRuntime: boolean;
  /** How many pages were hashed. */
  readonly pages: number;
  /** A property list. */
  readonly entitlements: string | undefined;
  /** The blob that `cms` signs. */
  readonly codeDirectory: Buffer;
  /**
   * A detached SignedData of the code directory; undefined in an ad-hoc signature. OpenSSL checks that it is
   * valid and whose it is.
   */
  readonly cms: Buffer | undefined;
}

/** The fields of a code directory (cs_blobs.h); offsets count from its start. */
interface DirectoryHeader {
  readonly flags: number;
  readonly hashOffset: number;
  readonly specialSlots: number;
  readonly codeSlots: number;
  readonly pageBytes: number;
  readonly identifier: string;
  readonly teamIdentifier: string | undefined;
}

const HEADER_BYTES = 88;
/** Slots of blobs that lie outside the signature, or that nothing here has (Info.plist and so on). */
const MAX_SPECIAL_SLOT = 7;
const BLOB_MAGIC_OF_SLOT: ReadonlyMap<number, number> = new Map([
  [Slot.Requirements, BlobMagic.Requirements],
  [Slot.Entitlements, BlobMagic.Entitlements],
  [Slot.DerEntitlements, BlobMagic.DerEntitlements],
]);
const NO_HASH = Buffer.alloc(HASH_BYTES);

/**
 * Checks the signature of a 64-bit executable of one architecture by computing every hash again: of
 * each page, and of each blob beside the code directory. It also sees that the signature covers all
 * of the file up to itself and ends the file, as the kernel and `codesign --strict` want it.
 *
 * @param bytes - the whole file
 * @throws MachOError when there is no signature, or anything about it is wrong
 */
export function verifyMachO(bytes: Buffer): MachOSignature {
  const machO = readLoadCommands(bytes);
  const { data, dataOffset } = findSignature(bytes, machO);
  const blobs = decodeSuperBlob(data, BlobMagic.EmbeddedSignature);
  const codeDirectory = readCodeDirectory(blobs);
  const header = readHeader(codeDirectory, dataOffset, findSegment(machO, '__TEXT').fileSize);
  checkPages(bytes.subarray(0, dataOffset), codeDirectory, header);
  const special = checkSpecialSlots(blobs, codeDirectory, header);

  const adHoc = (header.flags & CodeFlag.AdHoc) !== 0;
  const cms = readCms(blobs);
  if (adHoc !== (cms === undefined)) {
    throw new MachOError(
      adHoc ? 'the signature calls itself ad-hoc and has a signer' : 'the signature has no signer',
    );
  }
  return {
    identifier: header.identifier,
    teamIdentifier: header.teamIdentifier,
    adHoc,
    hardenedRuntime: (header.flags & CodeFlag.HardenedRuntime) !== 0,
    pages: header.codeSlots,
    entitlements: special.get(Slot.Entitlements)?.toString('utf8', BLOB_HEADER_BYTES),
    codeDirectory,
    cms,
  };
}

function findSignature(
  bytes: Buffer,
  machO: MachO,
): { readonly data: Buffer; readonly dataOffset: number } {
  const { signature } = machO;
  if (signature === undefined) throw new MachOError('the file is not signed');
  const { dataOffset, dataSize } = signature;
  const linkEdit = findSegment(machO, '__LINKEDIT');
  const end = linkEdit.fileOffset + linkEdit.fileSize;
  if (dataOffset < linkEdit.fileOffset || dataOffset + dataSize !== end || end !== bytes.length) {
    throw new MachOError('the signature does not end __LINKEDIT and the file');
  }
  return { data: bytes.subarray(dataOffset), dataOffset };
}

function readCodeDirectory(blobs: ReadonlyMap<number, Buffer>): Buffer {
  const bytes = blobs.get(Slot.CodeDirectory);
  if (bytes === undefined) throw new MachOError('the signature has no code directory');
  return decodeBlob(bytes, BlobMagic.CodeDirectory, 'the code directory');
}

/** In an ad-hoc signature the CMS is empty (codesign's) or missing (a linker's). */
function readCms(blobs: ReadonlyMap<number, Buffer>): Buffer | undefined {
  const bytes = blobs.get(Slot.CmsSignature);
  if (bytes === undefined) return undefined;
  const cms = decodeBlob(bytes, BlobMagic.CmsWrapper, 'the CMS signature');
  return cms.length === BLOB_HEADER_BYTES ? undefined : cms.subarray(BLOB_HEADER_BYTES);
}

function readHeader(directory: Buffer, codeSize: number, textSize: number): DirectoryHeader {
  if (directory.length < HEADER_BYTES) throw new MachOError('the code directory is cut off');
  const version = directory.readUInt32BE(8);
  if (version < VERSION_EXECUTABLE_SEGMENT) {
    throw new MachOError(`the code directory has the old version 0x${version.toString(16)}`);
  }
  const hashBytes = directory.readUInt8(36);
  const hashType = directory.readUInt8(37);
  if (hashType !== HASH_TYPE_SHA256 || hashBytes !== HASH_BYTES) {
    throw new MachOError(`hash type ${hashType} of ${hashBytes} bytes is not SHA-256`);
  }
  if (directory.readUInt32BE(32) !== codeSize) {
    throw new MachOError('the code directory does not cover the file up to the signature');
  }
  if (directory.readBigUInt64BE(72) !== BigInt(textSize)) {
    throw new MachOError('the code directory has another length of __TEXT than the file');
  }
  const hashOffset = directory.readUInt32BE(16);
  const specialSlots = directory.readUInt32BE(24);
  const codeSlots = directory.readUInt32BE(28);
  const pageBytes = 2 ** directory.readUInt8(39);
  if (codeSlots !== Math.ceil(codeSize / pageBytes)) {
    throw new MachOError(`${codeSlots} page hashes do not fit ${codeSize} bytes`);
  }
  if (
    hashOffset - specialSlots * HASH_BYTES < HEADER_BYTES ||
    hashOffset + codeSlots * HASH_BYTES > directory.length
  ) {
    throw new MachOError('the hashes of the code directory lie outside it');
  }
  const teamOffset = directory.readUInt32BE(48);
  return {
    flags: directory.readUInt32BE(12),
    hashOffset,
    specialSlots,
    codeSlots,
    pageBytes,
    identifier: readCString(directory, directory.readUInt32BE(20)),
    teamIdentifier: teamOffset === 0 ? undefined : readCString(directory, teamOffset),
  };
}

function readCString(directory: Buffer, offset: number): string {
  const end = directory.indexOf(0, offset);
  if (offset < HEADER_BYTES || end === -1) {
    throw new MachOError('a name of the code directory lies outside it');
  }
  return directory.toString('utf8', offset, end);
}

/** @param slot - of a page from 0 on, of a blob beside the directory from -1 down */
function expectedHash(directory: Buffer, header: DirectoryHeader, slot: number): Buffer {
  const offset = header.hashOffset + slot * HASH_BYTES;
  return directory.subarray(offset, offset + HASH_BYTES);
}

function checkPages(code: Buffer, directory: Buffer, header: DirectoryHeader): void {
  const { pageBytes } = header;
  for (let page = 0; page < header.codeSlots; page++) {
    const bytes = code.subarray(page * pageBytes, (page + 1) * pageBytes);
    if (!hash('sha256', bytes, 'buffer').equals(expectedHash(directory, header, page))) {
      throw new MachOError(`page ${page}, at byte ${page * pageBytes}, is not what was signed`);
    }
  }
}

/** @returns the blobs by their slots */
function checkSpecialSlots(
  blobs: ReadonlyMap<number, Buffer>,
  directory: Buffer,
  header: DirectoryHeader,
): ReadonlyMap<number, Buffer> {
  const special = new Map<number, Buffer>();
  for (let slot = 1; slot <= Math.max(header.specialSlots, MAX_SPECIAL_SLOT); slot++) {
    const expected = slot > header.specialSlots ? NO_HASH : expectedHash(directory, header, -slot);
    const bytes = blobs.get(slot);
    const magic = BLOB_MAGIC_OF_SLOT.get(slot);
    if (bytes === undefined) {
      if (!expected.equals(NO_HASH)) {
        throw new MachOError(`what the hash of slot ${slot} is of is not in the signature`);
      }
      continue;
    }
    if (magic === undefined) throw new MachOError(`the signature has a slot ${slot}`);
    const blob = decodeBlob(bytes, magic, `slot ${slot} of the signature`);
    if (!hash('sha256', blob, 'buffer').equals(expected)) {
      throw new MachOError(`slot ${slot} of the signature is not what was signed`);
    }
    special.set(slot, blob);
  }
  return special;
}
