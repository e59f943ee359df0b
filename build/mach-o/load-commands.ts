import { MachOError } from './mach-o-error.ts';

/** The processors that macOS runs on. */
export type Architecture = 'x86_64' | 'arm64';

/** LC_SEGMENT_64: a stretch of the file and where it is mapped. Offsets and sizes in bytes. */
export interface Segment {
  readonly name: string;
  /** Of the command in the file. */
  readonly commandOffset: number;
  readonly fileOffset: number;
  readonly fileSize: number;
}

/** LC_CODE_SIGNATURE: where the signature is. Offsets and sizes in bytes. */
export interface SignatureCommand {
  /** Of the command in the file. */
  readonly commandOffset: number;
  readonly dataOffset: number;
  readonly dataSize: number;
}

/** LC_BUILD_VERSION; versions as the file has them: 16 bits major, 8 minor, 8 patch. */
export interface BuildVersion {
  readonly minimumSystem: number;
  readonly sdk: number;
}

/** The facts in the header and the load commands of an executable. */
export interface MachO {
  readonly architecture: Architecture;
  readonly commandCount: number;
  /** Offset of the first byte after the load commands. */
  readonly commandsEnd: number;
  /** Offset of the first byte of a section: there is no room for load commands from there on. */
  readonly firstSectionOffset: number;
  readonly segments: readonly Segment[];
  readonly signature: SignatureCommand | undefined;
  readonly buildVersion: BuildVersion | undefined;
}

/** Offset of `ncmds` in the header (mach-o/loader.h, struct mach_header_64); `sizeofcmds` follows. */
export const COMMAND_COUNT_OFFSET = 16;
/** LC_CODE_SIGNATURE (mach-o/loader.h). */
export const LC_CODE_SIGNATURE = 0x1d;

const MAGIC_64 = 0xfeedfacf;
const MAGIC_32 = 0xfeedface;
/** Universal files are big-endian, so their magic reads the other way round. */
const MAGIC_UNIVERSAL_SWAPPED = 0xbebafeca;
const HEADER_BYTES = 32;
const CPU_TYPE_OFFSET = 4;
const FILE_TYPE_OFFSET = 12;
const COMMANDS_SIZE_OFFSET = 20;
const MH_EXECUTE = 2;

const LC_SEGMENT_64 = 0x19;
const LC_BUILD_VERSION = 0x32;
const COMMAND_HEADER_BYTES = 8;
const SEGMENT_COMMAND_BYTES = 72;
const SECTION_BYTES = 80;
const BUILD_VERSION_COMMAND_BYTES = 24;
const SIGNATURE_COMMAND_BYTES = 16;
const NAME_BYTES = 16;

/** CPU types (mach/machine.h). */
const ARCHITECTURES: ReadonlyMap<number, Architecture> = new Map([
  [0x01000007, 'x86_64'],
  [0x0100000c, 'arm64'],
]);

/**
 * Reads the header and the load commands of a 64-bit executable of one architecture
 * (mach-o/loader.h).
 *
 * @param bytes - the whole file
 * @throws MachOError when it is none, or damaged
 */
export function readLoadCommands(bytes: Buffer): MachO {
  const architecture = readHeader(bytes);
  const commandCount = bytes.readUInt32LE(COMMAND_COUNT_OFFSET);
  const commandsEnd = HEADER_BYTES + bytes.readUInt32LE(COMMANDS_SIZE_OFFSET);
  if (commandsEnd > bytes.length) throw new MachOError('the load commands are cut off');

  const segments: Segment[] = [];
  let firstSectionOffset = bytes.length;
  let signature: SignatureCommand | undefined;
  let buildVersion: BuildVersion | undefined;
  let offset = HEADER_BYTES;
  for (let index = 0; index < commandCount; index++) {
    const command = readCommand(bytes, offset, commandsEnd, index);
    switch (command.type) {
      case LC_SEGMENT_64: {
        needBytes(command.bytes, SEGMENT_COMMAND_BYTES, index);
        segments.push(readSegment(command.bytes, offset));
        firstSectionOffset = Math.min(firstSectionOffset, readFirstSection(command.bytes, index));
        break;
      }
      case LC_CODE_SIGNATURE:
        needBytes(command.bytes, SIGNATURE_COMMAND_BYTES, index);
        if (signature !== undefined) throw new MachOError('there are two LC_CODE_SIGNATURE');
        signature = {
          commandOffset: offset,
          dataOffset: command.bytes.readUInt32LE(8),
          dataSize: command.bytes.readUInt32LE(12),
        };
        break;
      case LC_BUILD_VERSION:
        needBytes(command.bytes, BUILD_VERSION_COMMAND_BYTES, index);
        buildVersion = {
          minimumSystem: command.bytes.readUInt32LE(12),
          sdk: command.bytes.readUInt32LE(16),
        };
        break;
      default:
    }
    offset += command.bytes.length;
  }
  if (offset !== commandsEnd) throw new MachOError('the load commands do not fill their size');
  return {
    architecture,
    commandCount,
    commandsEnd,
    firstSectionOffset,
    segments,
    signature,
    buildVersion,
  };
}

/**
 * The segment of that name.
 *
 * @throws MachOError when there is none
 */
export function findSegment(machO: MachO, name: string): Segment {
  const segment = machO.segments.find((candidate) => candidate.name === name);
  if (segment === undefined) throw new MachOError(`there is no segment ${name}`);
  return segment;
}

function readHeader(bytes: Buffer): Architecture {
  if (bytes.length < HEADER_BYTES) throw new MachOError('the file is too short for a Mach-O file');
  const magic = bytes.readUInt32LE(0);
  if (magic === MAGIC_UNIVERSAL_SWAPPED) {
    throw new MachOError('the file is a universal one: give the file of one architecture');
  }
  if (magic === MAGIC_32) throw new MachOError('the file is a 32-bit Mach-O file');
  if (magic !== MAGIC_64) throw new MachOError('the file is no Mach-O file');
  if (bytes.readUInt32LE(FILE_TYPE_OFFSET) !== MH_EXECUTE) {
    throw new MachOError('the file is no executable');
  }
  const cpuType = bytes.readUInt32LE(CPU_TYPE_OFFSET);
  const architecture = ARCHITECTURES.get(cpuType);
  if (architecture === undefined) {
    throw new MachOError(`CPU type 0x${cpuType.toString(16)} is neither x86_64 nor arm64`);
  }
  return architecture;
}

function readCommand(
  bytes: Buffer,
  offset: number,
  commandsEnd: number,
  index: number,
): { readonly type: number; readonly bytes: Buffer } {
  const room = commandsEnd - offset;
  const size = room < COMMAND_HEADER_BYTES ? 0 : bytes.readUInt32LE(offset + 4);
  if (size < COMMAND_HEADER_BYTES || size > room) {
    throw new MachOError(`load command ${index} is cut off`);
  }
  return { type: bytes.readUInt32LE(offset), bytes: bytes.subarray(offset, offset + size) };
}

function needBytes(command: Buffer, size: number, index: number): void {
  if (command.length < size) throw new MachOError(`load command ${index} is cut off`);
}

function readSegment(command: Buffer, commandOffset: number): Segment {
  const name = command.toString('latin1', 8, 8 + NAME_BYTES).replace(/\0.*$/s, '');
  return {
    name,
    commandOffset,
    fileOffset: readSize(command, 40, name),
    fileSize: readSize(command, 48, name),
  };
}

/** @returns the lowest file offset of the segment's sections, Infinity when none is in the file */
function readFirstSection(command: Buffer, index: number): number {
  const count = command.readUInt32LE(64);
  needBytes(command, SEGMENT_COMMAND_BYTES + count * SECTION_BYTES, index);
  const offsets = Array.from({ length: count }, (_, section) =>
    command.readUInt32LE(SEGMENT_COMMAND_BYTES + section * SECTION_BYTES + 48),
  );
  return Math.min(...offsets.filter((offset) => offset !== 0));
}

function readSize(command: Buffer, offset: number, segment: string): number {
  const value = command.readBigUInt64LE(offset);
  if (value > Number.MAX_SAFE_INTEGER) {
    throw new MachOError(`segment ${segment} is beyond the end of any file`);
  }
  return Number(value);
}
