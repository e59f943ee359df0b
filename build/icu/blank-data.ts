import { findData, headerSizeAt, IcuDataError, readEntry, writeItemOffset } from './data-format.ts';
import { isNeeded } from './needed-items.ts';
import { reduceIcuData } from './reduce-data.ts';

/**
 * Takes out of a runtime, in place, the languages and character sets that the program has no use for:
 * ICU no longer finds them. What stays moves together, and zeros follow it: a fifth of the runtime.
 *
 * @returns how many bytes are zeros now
 * @throws IcuDataError when there is no such data, or nothing in it that may go
 */
export function blankIcuData(runtime: Buffer): number {
  const start = findData(runtime);
  const headerSize = headerSizeAt(runtime, start);
  const contents = runtime.subarray(start + headerSize);
  const count = contents.readUInt32LE(0);
  // Nothing records where the last item ends, so it stays where it is.
  const last = readEntry(contents, count - 1);
  const data = runtime.subarray(start, start + headerSize + last.offset);
  const reduced = reduceIcuData(data, isNeeded);
  const kept = reduced.readUInt32LE(headerSize);
  if (kept === count || reduced.length > data.length) {
    throw new IcuDataError('the data of ICU holds nothing that may go');
  }
  if (isNeeded(last.name)) writeItemOffset(reduced.subarray(headerSize), kept - 1, last.offset);
  data.fill(0);
  reduced.copy(data);
  return data.length - reduced.length;
}
