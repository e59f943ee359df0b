import type { Architecture } from '../../../../build/mach-o/load-commands.ts';

/** What a made-up executable is like. */
export interface SmallMachO {
  readonly architecture: Architecture;
  /** Bytes between the load commands and the first section; by default plenty. */
  readonly room?: number;
  /** Bytes of the last segment. */
  readonly linkEditSize?: number;
}

/** macOS 11.0 and 15.0, as Node.js 22 has them. */
export const MINIMUM_SYSTEM = 0x000b0000;
export const SDK = 0x000f0000;

const CPU_TYPE: Readonly<Record<Architecture, number>> = {
  x86_64: 0x01000007,
  arm64: 0x0100000c,
};
const HEADER_BYTES = 32;
const SEGMENT_BYTES = 72;
const SECTION_BYTES = 80;
const BUILD_VERSION_BYTES = 24;
const COMMANDS_BYTES = 2 * SEGMENT_BYTES + SECTION_BYTES + BUILD_VERSION_BYTES;
const COMMANDS_END = HEADER_BYTES + COMMANDS_BYTES;
const TEXT_BYTES = 0x4000;

/** A part of a page, so that the last page that is hashed is not a whole one. */
const LINK_EDIT_BYTES = 100;
const PLENTY = 512;
const BASE_ADDRESS = 0x1_0000_0000n;

/**
 * Makes an executable with segments __TEXT and __LINKEDIT and a command LC_BUILD_VERSION, which has
 * no signature (mach-o/loader.h). It does not run.
 */
export function smallMachO(options: SmallMachO): Buffer {
  const { architecture, room = PLENTY, linkEditSize = LINK_EDIT_BYTES } = options;
  const sectionOffset = COMMANDS_END + room;
  const bytes = Buffer.alloc(TEXT_BYTES + linkEditSize);
  // Every byte of the code differs from its neighbours, so that nothing can move unseen.
  for (let offset = sectionOffset; offset < bytes.length; offset++) bytes[offset] = offset * 7;
  [0xfeedfacf, CPU_TYPE[architecture], 0, 2, 3, COMMANDS_BYTES, 0x85, 0].forEach((value, index) =>
    bytes.writeUInt32LE(value, index * 4),
  );
  const text = HEADER_BYTES;
  writeSegment(bytes, text, '__TEXT', BASE_ADDRESS, 0, TEXT_BYTES, SECTION_BYTES);
  const section = text + SEGMENT_BYTES;
  bytes.writeUInt32LE(1, text + 64);
  bytes.write('__text', section, 'latin1');
  bytes.write('__TEXT', section + 16, 'latin1');
  bytes.writeBigUInt64LE(BASE_ADDRESS + BigInt(sectionOffset), section + 32);
  bytes.writeBigUInt64LE(BigInt(TEXT_BYTES - sectionOffset), section + 40);
  bytes.writeUInt32LE(sectionOffset, section + 48);
  const linkEdit = section + SECTION_BYTES;
  const address = BASE_ADDRESS + BigInt(TEXT_BYTES);
  writeSegment(bytes, linkEdit, '__LINKEDIT', address, TEXT_BYTES, linkEditSize, 0);
  [0x32, BUILD_VERSION_BYTES, 1, MINIMUM_SYSTEM, SDK, 0].forEach((value, index) =>
    bytes.writeUInt32LE(value, linkEdit + SEGMENT_BYTES + index * 4),
  );
  return bytes;
}

function writeSegment(
  bytes: Buffer,
  offset: number,
  name: string,
  address: bigint,
  fileOffset: number,
  fileSize: number,
  sectionsBytes: number,
): void {
  bytes.writeUInt32LE(0x19, offset);
  bytes.writeUInt32LE(SEGMENT_BYTES + sectionsBytes, offset + 4);
  bytes.write(name, offset + 8, 'latin1');
  bytes.writeBigUInt64LE(address, offset + 24);
  bytes.writeBigUInt64LE(0x4000n, offset + 32);
  bytes.writeBigUInt64LE(BigInt(fileOffset), offset + 40);
  bytes.writeBigUInt64LE(BigInt(fileSize), offset + 48);
  bytes.writeUInt32LE(5, offset + 56);
  bytes.writeUInt32LE(5, offset + 60);
}
