import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readAppleIdentity,
  runAppleTool,
  runRcodesign,
  type AppleIdentity,
} from '../../build/mach-o/apple-identity.ts';

const VARIABLES = {
  keychain: 'SSM_SIGN_MACOS_INSTALLER_IDENTITY',
  certificate: 'SSM_SIGN_MACOS_INSTALLER_CERTIFICATE',
  passwordFile: ['SSM_SIGN_MACOS_INSTALLER_PASSWORD_FILE', 'SSM_SIGN_MACOS_PASSWORD_FILE'],
} as const;

/**
 * Reads the identity that signs flat packages from the environment: `SSM_SIGN_MACOS_INSTALLER_IDENTITY` on a Mac, or
 * `SSM_SIGN_MACOS_INSTALLER_CERTIFICATE` (path of a PKCS#12 file) with
 * `SSM_SIGN_MACOS_INSTALLER_PASSWORD_FILE`, or, where that is not set, with the password of the programs'
 * certificate, `SSM_SIGN_MACOS_PASSWORD_FILE`. Apple gives out a certificate for programs and another one
 * for installers.
 *
 * @throws SigningSettingsError when the variables do not go together, or a file is missing
 */
export function installerSigning(env: Readonly<Record<string, string | undefined>>): AppleIdentity {
  return readAppleIdentity(env, VARIABLES);
}

/** Describes in one line how flat packages are signed. */
export function describeInstallerSigning(signing: AppleIdentity): string {
  switch (signing.kind) {
    case 'none':
      return `macOS packages: not signed (${VARIABLES.certificate} and ${VARIABLES.keychain} are not set)`;
    case 'keychain':
      return `macOS packages: signed by productsign as ${signing.name}`;
    case 'certificate':
      return `macOS packages: signed by rcodesign with ${signing.certificate}`;
  }
}

/**
 * Signs a flat package, with a time stamp.
 *
 * @returns the signed package; without an identity the package as it is
 * @throws SigningSettingsError when the tool is missing, ToolError when it fails
 */
export function signFlatPackage(unsigned: Buffer, signing: AppleIdentity): Buffer {
  if (signing.kind === 'none') return unsigned;
  const directory = mkdtempSync(join(tmpdir(), 'flat-package-'));
  try {
    const input = join(directory, 'unsigned.pkg');
    const output = join(directory, 'signed.pkg');
    writeFileSync(input, unsigned);
    switch (signing.kind) {
      case 'keychain': {
        const identity = ['--sign', signing.name, '--timestamp'];
        runAppleTool('productsign', [...identity, input, output], VARIABLES.keychain);
        break;
      }
      case 'certificate':
        runRcodesign(signing, [input, output], VARIABLES.certificate);
        break;
    }
    return readFileSync(output);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
