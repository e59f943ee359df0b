import { requireSigningFile, SigningSettingsError } from '../signing-settings.ts';
import { findTool, runTool, type Tool } from '../tool.ts';

/** With what macOS programs and packages are signed: no key, one in a keychain of this Mac, or one in a file. */
export type AppleIdentity =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'keychain';
      /** As Apple's own tools take it: the name of a certificate in a keychain. */
      readonly name: string;
    }
  | {
      readonly kind: 'certificate';
      /** Path of a PKCS#12 file. */
      readonly certificate: string;
      /** Its first line is the password. */
      readonly passwordFile: string;
    };

/** The variables of the environment that name an identity. */
export interface IdentityVariables {
  readonly keychain: string;
  readonly certificate: string;
  /** The first of them that is set counts. */
  readonly passwordFile: readonly [string, ...string[]];
}

/** Signs on any system with a key in a file (github.com/indygreg/apple-platform-rs). */
const RCODESIGN: Tool = { program: 'rcodesign', debianPackage: '' };

/**
 * Reads an identity from the environment. Empty is unset.
 *
 * @throws SigningSettingsError when both kinds are set, the password file is not, or a file is missing
 */
export function readAppleIdentity(
  env: Readonly<Record<string, string | undefined>>,
  variables: IdentityVariables,
): AppleIdentity {
  const name = env[variables.keychain] ?? '';
  const certificate = env[variables.certificate] ?? '';
  if (name !== '' && certificate !== '') {
    throw new SigningSettingsError(
      `${variables.keychain} and ${variables.certificate} are both set: unset one of them`,
    );
  }
  if (name !== '') return { kind: 'keychain', name };
  if (certificate === '') return { kind: 'none' };
  const [ownVariable] = variables.passwordFile;
  const variable = variables.passwordFile.find((each) => (env[each] ?? '') !== '') ?? ownVariable;
  const passwordFile = env[variable] ?? '';
  if (passwordFile === '') {
    throw new SigningSettingsError(
      `${variables.certificate} needs ${ownVariable}: the file whose first line is its password`,
    );
  }
  requireSigningFile(variables.certificate, certificate);
  requireSigningFile(variable, passwordFile);
  return { kind: 'certificate', certificate, passwordFile };
}

/**
 * Runs one of Apple's own signing tools.
 *
 * @param variable - names the identity, which can be used only on a Mac
 * @throws SigningSettingsError when the tool is missing, ToolError when it fails
 */
export function runAppleTool(program: string, args: readonly string[], variable: string): void {
  const tool: Tool = { program, debianPackage: '' };
  if (findTool(tool) === undefined) {
    throw new SigningSettingsError(
      `${program} is missing, which only a Mac has: run the build on a Mac, or unset ${variable}`,
    );
  }
  runTool(tool, args);
}

/**
 * Signs a file with `rcodesign sign`: a Mach-O file or a flat package. The password stays in its file.
 * The signature has a time stamp of Apple's server, the default of rcodesign, which notarization asks
 * for.
 *
 * @param args - what follows the identity: options, the file, and the path of the signed one
 * @param variable - names the certificate
 * @throws SigningSettingsError when rcodesign is missing, ToolError when it fails
 */
export function runRcodesign(
  identity: Extract<AppleIdentity, { kind: 'certificate' }>,
  args: readonly string[],
  variable: string,
): void {
  if (findTool(RCODESIGN) === undefined) {
    throw new SigningSettingsError(
      `rcodesign is missing: install it (the crate apple-codesign), or unset ${variable}`,
    );
  }
  const { certificate, passwordFile } = identity;
  const key = ['--p12-file', certificate, '--p12-password-file', passwordFile];
  runTool(RCODESIGN, ['sign', ...key, ...args]);
}
