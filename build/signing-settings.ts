import { existsSync } from 'node:fs';
import { BuildError } from './runtime/build-error.mjs';

/**
 * The variables that name identities to sign with do not go together, or need a file or tool that is
 * missing. The message names it, and what to do.
 */
export class SigningSettingsError extends BuildError {
  override readonly name = 'SigningSettingsError';
}

/**
 * Checks that a file that a variable names exists.
 *
 * @throws SigningSettingsError that names both
 */
export function requireSigningFile(variable: string, path: string): void {
  if (!existsSync(path)) throw new SigningSettingsError(`${variable}: there is no file ${path}`);
}
