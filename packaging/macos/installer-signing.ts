import { PASSWORD_FILE_VARIABLE, SigningSettingsError } from '../../build/mach-o/macos-signing.ts';
import { readSigningIdentity, type SigningIdentity } from '../../build/signing-identity.ts';

/** Who signs the flat packages for macOS. */
export type InstallerSigning =
  | { readonly kind: 'unsigned' }
  | {
      readonly kind: 'certificate';
      /** Path of a PKCS#12 file. */
      readonly certificate: string;
      readonly passwordFile: string;
    };

const CERTIFICATE_VARIABLE = 'SSM_SIGN_MACOS_INSTALLER_CERTIFICATE';
const INSTALLER_PASSWORD_FILE_VARIABLE = 'SSM_SIGN_MACOS_INSTALLER_PASSWORD_FILE';

/**
 * Reads from the environment who signs flat packages: `SSM_SIGN_MACOS_INSTALLER_CERTIFICATE` (path of
 * a PKCS#12 file) with `SSM_SIGN_MACOS_INSTALLER_PASSWORD_FILE`, or, where that is not set, with the
 * password of the programs' certificate, `SSM_SIGN_MACOS_PASSWORD_FILE`. Apple gives out a certificate
 * for programs and another one for installers. Empty is unset.
 *
 * @throws SigningSettingsError when the password file is not set
 */
export function installerSigning(
  env: Readonly<Record<string, string | undefined>>,
): InstallerSigning {
  const certificate = env[CERTIFICATE_VARIABLE] ?? '';
  if (certificate === '') return { kind: 'unsigned' };
  const own = env[INSTALLER_PASSWORD_FILE_VARIABLE] ?? '';
  const passwordFile = own === '' ? (env[PASSWORD_FILE_VARIABLE] ?? '') : own;
  if (passwordFile === '') {
    throw new SigningSettingsError(
      `${CERTIFICATE_VARIABLE} needs ${INSTALLER_PASSWORD_FILE_VARIABLE}: the file whose first line is its password`,
    );
  }
  return { kind: 'certificate', certificate, passwordFile };
}

/** Says in one line how flat packages are signed. */
export function describeInstallerSigning(signing: InstallerSigning): string {
  switch (signing.kind) {
    case 'unsigned':
      return `macOS packages: not signed (${CERTIFICATE_VARIABLE} is not set)`;
    case 'certificate':
      return `macOS packages: signed with ${signing.certificate}, without a time stamp`;
  }
}

/**
 * The identity to sign with.
 *
 * @returns undefined when nobody signs
 * @throws IdentityError when the certificate cannot be read
 */
export function installerIdentity(signing: InstallerSigning): SigningIdentity | undefined {
  switch (signing.kind) {
    case 'unsigned':
      return undefined;
    case 'certificate':
      return readSigningIdentity(signing.certificate, signing.passwordFile);
  }
}
