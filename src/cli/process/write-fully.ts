import { writeSync } from 'node:fs';
import { systemCode } from '../../lib/errors/system-error.ts';

/** Writes some of the bytes to a descriptor, as write(2). @returns how many */
export type WriteSome = (fd: number, bytes: Uint8Array) => number;

/**
 * Writes all bytes to a descriptor. One write(2) may write only a part of them: what still fits on a full
 * disk, or into a non-blocking pipe.
 *
 * @returns how many were written: fewer than all when a non-blocking descriptor has no room now
 * @throws the system's error for anything else
 */
export function writeFully(fd: number, bytes: Uint8Array, write: WriteSome = writeSync): number {
  let written = 0;
  try {
    while (written < bytes.length) written += write(fd, bytes.subarray(written));
  } catch (thrown) {
    if (systemCode(thrown) !== 'EAGAIN') throw thrown;
  }
  return written;
}
