import { BlobMagic, encodeBlob, encodeSuperBlob, Slot } from './blob.ts';
import { codeDirectorySize, encodeCodeDirectory, type CodeDirectory } from './code-directory.ts';
import {
  COMMAND_COUNT_OFFSET,
  findSegment,
  LC_CODE_SIGNATURE,
  readLoadCommands,
  type Architecture,
  type MachO,
} from './load-commands.ts';
import { MachOError } from './mach-o-error.ts';

/** What the directory holds beside the code itself. */
type Directory = Omit<CodeDirectory, 'code'>;

const COMMAND_BYTES = 16;
/** Alignment of the signature in the file, and of its end, as codesign has it. */
const SIGNATURE_ALIGNMENT = 16;
/** Page sizes of the systems: what a segment's length in memory is a multiple of. */
const VM_PAGE_BYTES: Readonly<Record<Architecture, number>> = { x86_64: 0x1000, arm64: 0x4000 };
/** Offsets in LC_SEGMENT_64 (mach-o/loader.h). */
const VM_SIZE_OFFSET = 32;
const FILE_SIZE_OFFSET = 48;

/**
 * Signs a 64-bit executable of one architecture ad hoc: with hashes, and no
 * identity. A signature that it has is replaced. The result depends on nothing but the input.
 *
 * @param identifier - the name that the system knows the program by
 * @returns the signed file
 * @throws MachOError when the file is no such executable, is damaged, or has no room for the
 *   command that names the signature
 */
export function signMachO(bytes: Buffer, identifier: string): Buffer {
  const machO = readLoadCommands(bytes);
  const codeSize = align(endOfCode(bytes, machO), SIGNATURE_ALIGNMENT);
  const directory = describeDirectory(machO, identifier);
  const dataSize = align(signatureSize(directory, codeSize), SIGNATURE_ALIGNMENT);

  const signed = Buffer.alloc(codeSize + dataSize);
  bytes.copy(signed, 0, 0, endOfCode(bytes, machO));
  writeSignatureCommand(signed, machO, codeSize, dataSize);
  growLinkEdit(signed, machO);
  const code = signed.subarray(0, codeSize);
  encodeSignature({ ...directory, code }).copy(signed, codeSize);
  return signed;
}

/** Checks the end of the file, and returns where an existing signature starts. */
function endOfCode(bytes: Buffer, machO: MachO): number {
  const linkEdit = findSegment(machO, '__LINKEDIT');
  if (linkEdit.fileOffset + linkEdit.fileSize !== bytes.length) {
    throw new MachOError('the file does not end with its segment __LINKEDIT');
  }
  const { signature } = machO;
  if (signature === undefined) return bytes.length;
  if (
    signature.dataOffset < linkEdit.fileOffset ||
    signature.dataOffset + signature.dataSize !== bytes.length
  ) {
    throw new MachOError('the file does not end with its signature');
  }
  return signature.dataOffset;
}

function describeDirectory(machO: MachO, identifier: string): Directory {
  const noRequirements = encodeSuperBlob(BlobMagic.Requirements, []);
  return {
    identifier,
    textSize: findSegment(machO, '__TEXT').fileSize,
    special: [{ slot: Slot.Requirements, blob: noRequirements }],
  };
}

/** The directory covers the command with the signature's size, so that must be known before. */
function signatureSize(directory: Directory, codeSize: number): number {
  const withoutCode = encodeSignature({ ...directory, code: Buffer.alloc(0) });
  const emptyDirectory = codeDirectorySize(directory, 0);
  return withoutCode.length - emptyDirectory + codeDirectorySize(directory, codeSize);
}

function encodeSignature(directory: CodeDirectory): Buffer {
  return encodeSuperBlob(BlobMagic.EmbeddedSignature, [
    { slot: Slot.CodeDirectory, blob: encodeCodeDirectory(directory) },
    ...directory.special,
    { slot: Slot.CmsSignature, blob: encodeBlob(BlobMagic.CmsWrapper, Buffer.alloc(0)) },
  ]);
}

function writeSignatureCommand(
  signed: Buffer,
  machO: MachO,
  dataOffset: number,
  dataSize: number,
): void {
  const offset = machO.signature?.commandOffset ?? appendCommand(signed, machO);
  signed.writeUInt32LE(LC_CODE_SIGNATURE, offset);
  signed.writeUInt32LE(COMMAND_BYTES, offset + 4);
  signed.writeUInt32LE(dataOffset, offset + 8);
  signed.writeUInt32LE(dataSize, offset + 12);
}

function appendCommand(signed: Buffer, machO: MachO): number {
  const { commandsEnd } = machO;
  if (commandsEnd + COMMAND_BYTES > machO.firstSectionOffset) {
    throw new MachOError('there is no room for the load command LC_CODE_SIGNATURE');
  }
  signed.writeUInt32LE(machO.commandCount + 1, COMMAND_COUNT_OFFSET);
  const commandsSize = signed.readUInt32LE(COMMAND_COUNT_OFFSET + 4);
  signed.writeUInt32LE(commandsSize + COMMAND_BYTES, COMMAND_COUNT_OFFSET + 4);
  return commandsEnd;
}

/** The signature is part of __LINKEDIT, in the file and in memory. */
function growLinkEdit(signed: Buffer, machO: MachO): void {
  const { commandOffset, fileOffset } = findSegment(machO, '__LINKEDIT');
  const fileSize = signed.length - fileOffset;
  const vmSize = align(fileSize, VM_PAGE_BYTES[machO.architecture]);
  signed.writeBigUInt64LE(BigInt(vmSize), commandOffset + VM_SIZE_OFFSET);
  signed.writeBigUInt64LE(BigInt(fileSize), commandOffset + FILE_SIZE_OFFSET);
}

function align(size: number, alignment: number): number {
  return Math.ceil(size / alignment) * alignment;
}
