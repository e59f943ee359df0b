/** A Mach-O file that cannot be signed, or whose signature is not valid. The message says why. */
export class MachOError extends Error {
  override readonly name = 'MachOError';
}
