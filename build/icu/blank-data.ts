import { entryOffset, findData, headerSizeAt, IcuDataError, readEntry } from './data-format.ts';
import { isNeeded } from './needed-items.ts';

/**
 * Takes out of a runtime, in place, the languages and character sets that the program has no use for:
 * ICU no longer finds them, and zeros replace them: a third of what a package would
 * hold. What stays is where it was.
 *
 * @returns how many bytes are zeros now
 * @throws IcuDataError when there is no such data, or nothing in it that may go
 */
export function blankIcuData(runtime: Buffer): number {
  const start = findData(runtime);
  const contents = runtime.subarray(start + headerSizeAt(runtime, start));
  const count = contents.readUInt32LE(0);
  let kept = 0;
  let blanked = 0;
  for (let index = 0; index < count; index++) {
    const { name, offset } = readEntry(contents, index);
    // Nothing records where the last item ends.
    if (index < count - 1 && !isNeeded(name)) {
      const end = readEntry(contents, index + 1).offset;
      contents.fill(0, offset, end);
      blanked += end - offset;
      continue;
    }
    contents.copy(contents, entryOffset(kept), entryOffset(index), entryOffset(index + 1));
    kept++;
  }
  if (blanked === 0) throw new IcuDataError('the data of ICU holds nothing that may go');
  contents.writeUInt32LE(kept, 0);
  contents.fill(0, entryOffset(kept), entryOffset(count));
  return blanked;
}
