import {
  ElfError,
  PF_R,
  PROGRAM_HEADERS,
  PT_LOAD,
  PT_PHDR,
  readField,
  readTable,
  SECTION,
  SECTION_HEADERS,
  SEGMENT,
  SHT_NOBITS,
  writeField,
  writeTablePlace,
} from './elf-format.ts';

/** Part of a file: offsets of its first byte and of the one after it. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is left out of a file, and where the program headers go, in zeros that stay. */
interface Hole extends Range {
  readonly headersAt: number;
}

/**
 * Leaves the longest run of zeros in the read-only data of a program out of its file. Everything else is mapped at
 * the address that it had; where the zeros were, nothing is mapped, so nothing in the program may point there.
 *
 * The segment with the zeros becomes two. There is no room for one more program header at the start of the file, so
 * they move to the first of the zeros. Tools that change segments, such as patchelf, have to run before.
 *
 * @param file - a program, finished but for this
 * @returns the smaller file
 * @throws ElfError when it is no ELF file for 64 bits, or has no such zeros
 */
export function dropZeros(file: Buffer): Buffer {
  const segments = readTable(file, PROGRAM_HEADERS);
  const sections = readTable(file, SECTION_HEADERS);
  const hole = findHole(file, segments.entries);
  const headers = segments.entries.flatMap((segment) => splitSegment(segment, hole));
  placeHeaders(headers, hole.headersAt);
  const halves = sections.entries.map((section) => splitSection(section, hole));
  // A section's number is its place in the table, so second halves come last.
  const table = halves.map(([first]) => first).concat(halves.flatMap(([, second]) => second ?? []));

  const tableEnd = sections.offset + sections.entries.length * sections.entrySize;
  const rest = file.subarray(hole.end, tableEnd === file.length ? sections.offset : file.length);
  const output = Buffer.concat([file.subarray(0, hole.start), rest, ...table]);
  Buffer.concat(headers).copy(output, hole.headersAt);
  writeTablePlace(output, PROGRAM_HEADERS, hole.headersAt, headers.length);
  writeTablePlace(output, SECTION_HEADERS, hole.start + rest.length, table.length);
  return output;
}

/** The longest run of zeros in segments that are only read, in whole blocks of the segment's alignment. */
function findHole(file: Buffer, segments: readonly Buffer[]): Hole {
  let hole: Hole = { headersAt: 0, start: 0, end: 0 };
  for (const segment of segments) {
    if (segment.readUInt32LE(SEGMENT.flags) !== PF_R || !isLoaded(segment)) continue;
    const block = readField(segment, SEGMENT.alignment);
    const zeros = Buffer.alloc(block);
    const { start, end } = segmentRange(segment);
    let from = Math.ceil(start / block) * block;
    for (let at = from; at < end; at += block) {
      if (!file.subarray(at, at + block).equals(zeros) || at + block > end) {
        from = at + block;
      } else if (at + block - from > hole.end - hole.headersAt) {
        // The headers need less than the first block: the kernel takes at most a page of them.
        hole = { headersAt: from, start: from + block, end: at + block };
      }
    }
  }
  if (hole.end <= hole.start) throw new ElfError('the read-only data of the ELF file has no zeros');
  return hole;
}

function isLoaded(segment: Buffer): boolean {
  return segment.readUInt32LE(SEGMENT.type) === PT_LOAD;
}

function segmentRange(segment: Buffer): Range {
  const start = readField(segment, SEGMENT.offset);
  return { start, end: start + readField(segment, SEGMENT.fileSize) };
}

/** A segment as it is without the hole: two if it was around it. */
function splitSegment(segment: Buffer, hole: Range): readonly Buffer[] {
  const { start, end } = segmentRange(segment);
  if (start >= hole.end) return [shifted(segment, SEGMENT.offset, hole)];
  if (end <= hole.start) return [segment];
  const first = Buffer.from(segment);
  const second = Buffer.from(segment);
  writeField(second, SEGMENT.offset, hole.start);
  for (const at of [SEGMENT.address, SEGMENT.physicalAddress]) {
    writeField(second, at, readField(segment, at) + hole.end - start);
  }
  for (const at of [SEGMENT.fileSize, SEGMENT.memorySize]) {
    writeField(first, at, hole.start - start);
    writeField(second, at, readField(segment, at) - (hole.end - start));
  }
  return [first, second];
}

/** A section as it is without the hole, and its second half if it was around it. */
function splitSection(section: Buffer, hole: Range): readonly [Buffer, Buffer?] {
  const start = readField(section, SECTION.offset);
  if (start >= hole.end) return [shifted(section, SECTION.offset, hole)];
  const size = readField(section, SECTION.size);
  const hasBytes = section.readUInt32LE(SECTION.type) !== SHT_NOBITS;
  if (!hasBytes || start + size <= hole.start) return [section];
  const first = Buffer.from(section);
  const second = Buffer.from(section);
  writeField(first, SECTION.size, hole.start - start);
  writeField(second, SECTION.offset, hole.start);
  writeField(second, SECTION.address, readField(section, SECTION.address) + hole.end - start);
  writeField(second, SECTION.size, size - (hole.end - start));
  return [first, second];
}

function shifted(header: Buffer, at: number, hole: Range): Buffer {
  const copy = Buffer.from(header);
  writeField(copy, at, readField(header, at) - (hole.end - hole.start));
  return copy;
}

/** Writes into the program headers where they are themselves. */
function placeHeaders(headers: readonly Buffer[], offset: number): void {
  const size = headers.reduce((sum, { length }) => sum + length, 0);
  const around = headers.find((header) => {
    const { start, end } = segmentRange(header);
    return isLoaded(header) && start <= offset && offset + size <= end;
  });
  if (around === undefined) throw new ElfError('the ELF file has no room for program headers');
  const address = readField(around, SEGMENT.address) + offset - readField(around, SEGMENT.offset);
  for (const header of headers) {
    if (header.readUInt32LE(SEGMENT.type) !== PT_PHDR) continue;
    writeField(header, SEGMENT.offset, offset);
    for (const at of [SEGMENT.address, SEGMENT.physicalAddress]) writeField(header, at, address);
    for (const at of [SEGMENT.fileSize, SEGMENT.memorySize]) writeField(header, at, size);
  }
}
