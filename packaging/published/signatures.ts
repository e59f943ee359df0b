import { join, relative } from 'node:path';
import { describeMacosSigning, macosSigning } from '../../build/mach-o/macos-signing.ts';
import { describeWindowsSigning, windowsSigning } from '../../build/windows/windows-signing.ts';
import { describeGpgSigning, gpgSigning, signChecksums } from '../signing/gpg.ts';
import { describeInstallerSigning, installerSigning } from '../macos/installer-signing.ts';
import { describeRepositories, repositorySettings } from '../repositories/repositories.ts';
import { CHECKSUMS } from '../signing/checksums.ts';
import { describeMinisignSigning, minisignSigning, signWithMinisign } from '../signing/minisign.ts';
import type { Publication } from './publication.ts';

/**
 * Signs the list of digests with each identity of the environment. Signatures are beside it, and not listed.
 *
 * @returns their paths, relative to the directory of the version
 * @throws ToolError when an identity cannot sign
 */
export function signRelease({ release, directory, env }: Publication): readonly string[] {
  const checksums = join(directory, CHECKSUMS);
  return [
    ...signChecksums(checksums, gpgSigning(env)),
    ...signWithMinisign(checksums, release.version, minisignSigning(env)),
  ].map((path) => relative(directory, path));
}

/** Describes in one line each what is signed, and with which identity. */
export function describeSignatures(env: Publication['env']): readonly string[] {
  return [
    describeGpgSigning(gpgSigning(env)),
    describeRepositories(repositorySettings(env)),
    describeMinisignSigning(minisignSigning(env)),
    describeInstallerSigning(installerSigning(env)),
    describeMacosSigning(macosSigning(env)),
    describeWindowsSigning(windowsSigning(env)),
  ];
}
