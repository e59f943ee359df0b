import { isNeeded } from '../linux-x86/icu-data.ts';

/*
 * Common data of ICU as it lies in a runtime (`udata`, format "CmnD" version 1; ICU4C, `ucmndata.h`),
 * little-endian; build/linux-x86/icu-data.ts describes it.
 */
const MAGIC = Buffer.from([0xda, 0x27]);
const MAGIC_OFFSET = 2;
const FORMAT_OFFSET = 12;
const FORMAT = 'CmnD';
const COUNT_BYTES = 4;
const ENTRY_BYTES = 8;

/** A runtime holds no data of ICU where it should. */
export class IcuDataError extends Error {
  override readonly name = 'IcuDataError';
}

/**
 * Takes out of a runtime, in place, the languages and character sets that the program has no use for:
 * ICU does not find them any more, and zeros stand where they were, a third of what a package would
 * hold. What stays is where it was.
 *
 * @returns how many bytes are zeros now
 * @throws IcuDataError when there is no such data, or nothing in it that may go
 */
export function blankIcuData(runtime: Buffer): number {
  const start = findData(runtime);
  const contents = runtime.subarray(start + runtime.readUInt16LE(start));
  const count = contents.readUInt32LE(0);
  const entry = (index: number): number => COUNT_BYTES + index * ENTRY_BYTES;
  const nameOf = (index: number): string => {
    const offset = contents.readUInt32LE(entry(index));
    return contents.toString('latin1', offset, contents.indexOf(0, offset));
  };
  let kept = 0;
  let blanked = 0;
  for (let index = 0; index < count; index++) {
    const nameOffset = contents.readUInt32LE(entry(index));
    const offset = contents.readUInt32LE(entry(index) + 4);
    // Where the last item ends, nothing says.
    if (index < count - 1 && !isNeeded(nameOf(index))) {
      const end = contents.readUInt32LE(entry(index + 1) + 4);
      contents.fill(0, offset, end);
      blanked += end - offset;
      continue;
    }
    contents.writeUInt32LE(nameOffset, entry(kept));
    contents.writeUInt32LE(offset, entry(kept) + 4);
    kept++;
  }
  if (blanked === 0) throw new IcuDataError('the data of ICU holds nothing that may go');
  contents.writeUInt32LE(kept, 0);
  contents.fill(0, entry(kept), entry(count));
  return blanked;
}

function findData(runtime: Buffer): number {
  for (let at = runtime.indexOf(MAGIC); at !== -1; at = runtime.indexOf(MAGIC, at + 1)) {
    const start = at - MAGIC_OFFSET;
    const format = runtime.toString(
      'latin1',
      start + FORMAT_OFFSET,
      start + FORMAT_OFFSET + FORMAT.length,
    );
    if (format === FORMAT) return start;
  }
  throw new IcuDataError('this runtime holds no data of ICU');
}
