import { crc32 } from 'node:zlib';
import { BuildError } from '../../build/runtime/build-error.mjs';

/** Of the first header (NSIS 3.12, Source/exehead/fileform.h). It begins at a multiple of 512 bytes. */
const SIGNATURE = Buffer.concat([
  Buffer.from([0xef, 0xbe, 0xad, 0xde]),
  Buffer.from('NullsoftInst', 'latin1'),
]);
const FLAGS_BYTES = 4;
const FLAG_SILENT = 2;
/** Length of everything from the first header on, the checksum at its end included. */
const LENGTH_OFFSET = FLAGS_BYTES + SIGNATURE.length + 4;
const CHECKSUM_BYTES = 4;
/** The checksum is that of everything but these bytes at the beginning, and itself. */
const UNCHECKED_BYTES = 512;

/** A file is not what makensis of a known version makes. */
export class SetupFormatError extends BuildError {
  override readonly name = 'SetupFormatError';
}

/**
 * Makes a setup silent until its script changes that. It checks its own integrity before it runs the
 * script, and shows that in a window when it takes longer than a second. `SilentInstall silent` would
 * leave the pages out, too.
 *
 * @param setup - as makensis has made it, not signed
 * @returns the same with the flag set, and the checksum that belongs to it
 * @throws SetupFormatError when the header is not found or its checksum is not right
 */
export function startSilently(setup: Buffer): Buffer {
  const signatureAt = setup.indexOf(SIGNATURE);
  const header = signatureAt - FLAGS_BYTES;
  if (header < 0 || header % UNCHECKED_BYTES !== 0) {
    throw new SetupFormatError('The setup has no header of NSIS where one is expected.');
  }
  const changed = Buffer.from(setup);
  const checksumAt = header + setup.readUInt32LE(header + LENGTH_OFFSET) - CHECKSUM_BYTES;
  if (checksumAt + CHECKSUM_BYTES > setup.length) {
    throw new SetupFormatError('The setup is shorter than its header says.');
  }
  const checksum = (): number => crc32(changed.subarray(UNCHECKED_BYTES, checksumAt));
  if (checksum() !== setup.readUInt32LE(checksumAt)) {
    throw new SetupFormatError('The checksum of the setup is not what NSIS 3 writes.');
  }
  changed.writeUInt32LE(setup.readUInt32LE(header) | FLAG_SILENT, header);
  changed.writeUInt32LE(checksum(), checksumAt);
  return changed;
}
