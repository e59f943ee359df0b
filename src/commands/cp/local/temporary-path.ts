import { directoryOf, joinPath, lastName } from '../paths.ts';

/** Bytes of a name that stay in the temporary name: file systems allow 255, and at most 35 are added. */
const PARTIAL_NAME_BYTES = 200;

/** A hidden name beside a destination. */
export function temporaryPath(destination: Buffer, mark: string): Buffer {
  const name = lastName(destination) ?? Buffer.alloc(0);
  const hidden = Buffer.concat([
    Buffer.from('.'),
    name.subarray(0, PARTIAL_NAME_BYTES),
    Buffer.from(`.${mark}.part`),
  ]);
  return joinPath(directoryOf(destination), hidden);
}
