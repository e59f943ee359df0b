import { BuildError } from '../../build/runtime/build-error.mjs';
import { CHECKSUMS } from './checksums.ts';

/** The variables that name a key for it. */
const VARIABLES = ['SSM_SIGN_GPG_KEY', 'SSM_SIGN_MINISIGN_KEY'];

/** Whether no key signs the list of digests: then nothing proves to users who has made the downloads. */
export function isListUnsigned(env: Readonly<Record<string, string | undefined>>): boolean {
  return VARIABLES.every((name) => (env[name] ?? '') === '');
}

/**
 * Checks that a release has a key that signs the list of digests, or that a person has decided otherwise.
 *
 * @param unsignedWanted - whether `--unsigned` was given
 * @throws BuildError when there is neither, or the option has no effect
 */
export function requireListKey(
  isRelease: boolean,
  unsignedWanted: boolean,
  env: Readonly<Record<string, string | undefined>>,
): void {
  if (!isRelease) {
    if (unsignedWanted)
      throw new BuildError('--unsigned has an effect with --release only: remove it');
    return;
  }
  const isUnsigned = isListUnsigned(env);
  if (isUnsigned && !unsignedWanted) {
    throw new BuildError(
      `no key signs ${CHECKSUMS}: set ${VARIABLES.join(' or ')}, or build a release without signature: --unsigned`,
    );
  }
  if (!isUnsigned && unsignedWanted) {
    throw new BuildError(
      `--unsigned is given, but a key signs ${CHECKSUMS}: remove the option, or unset ${VARIABLES.join(' and ')}`,
    );
  }
}
