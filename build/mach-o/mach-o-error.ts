import { BuildError } from '../runtime/build-error.mjs';

/** A Mach-O file that cannot be signed, or whose signature is not valid. The message gives the reason. */
export class MachOError extends BuildError {
  override readonly name = 'MachOError';
}
