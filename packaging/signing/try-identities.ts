import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppleIdentity } from '../../build/mach-o/apple-identity.ts';
import { macosSigning, signMacosProgram } from '../../build/mach-o/macos-signing.ts';
import { BuildError } from '../../build/runtime/build-error.mjs';
import { BINARY_TARGETS, type BinaryTarget, type TargetName } from '../../build/targets.ts';
import { signWindowsExecutable, windowsSigning } from '../../build/windows/windows-signing.ts';
import { buildFlatPackage } from '../macos/flat-package.ts';
import { installerSigning } from '../macos/installer-signing.ts';
import type { Release } from '../release.ts';
import { CHECKSUMS } from './checksums.ts';
import { gpgSigning, signChecksums } from './gpg.ts';
import { minisignPublicKey, minisignSigning, signWithMinisign } from './minisign.ts';
import { publicKeyOf } from './public-key.ts';

/** What the identities are tried with. */
export interface IdentityTrial {
  readonly release: Release;
  /** Identities of Windows and macOS are tried only for such targets. */
  readonly targets: readonly TargetName[];
  /** Names the identities. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path of an executable for a system, which is not changed; named as in build/runtimes.json. */
  readonly runtimeFor: (runtime: string) => string;
  /** Is notified before each signature, which may take seconds. */
  readonly begin: (step: string) => void;
}

/** Signs something as the build will. */
type Trial = (directory: string) => void;

/**
 * Makes a test signature with each identity of the environment, because a build takes long and needs some only at its end.
 *
 * @throws BuildError that names each identity that cannot sign, and why; SigningSettingsError when the variables do not go
 *   together, or a file is missing
 */
export function tryIdentities(trial: IdentityTrial): void {
  const failures: string[] = [];
  for (const [name, sign] of trialsOf(trial)) {
    trial.begin(`test signature: ${name}`);
    const directory = mkdtempSync(join(tmpdir(), 'session-manager-plugin-signature-'));
    try {
      sign(directory);
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      failures.push(`${name}: cannot sign: ${error.message}`);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  if (failures.length > 0) throw new BuildError(failures.join('\n'));
}

/** By the variable that names the identity, and what it signs. */
function trialsOf(trial: IdentityTrial): readonly (readonly [name: string, sign: Trial])[] {
  const { targets } = trial;
  const targetFor = (platform: BinaryTarget['platform']): BinaryTarget | undefined =>
    BINARY_TARGETS.find((each) => each.platform === platform && targets.includes(each.name));
  const [windows, macos] = [targetFor('win'), targetFor('macos')];
  return [
    ...gpgTrial(trial),
    ...minisignTrial(trial),
    ...(windows === undefined ? [] : windowsTrial(trial, windows)),
    ...(macos === undefined ? [] : macosTrials(trial, macos)),
  ];
}

function gpgTrial({ env }: IdentityTrial): ReturnType<typeof trialsOf> {
  const signing = gpgSigning(env);
  if (signing.kind === 'unsigned') return [];
  const sign: Trial = (directory) => {
    publicKeyOf(signing);
    signChecksums(emptyList(directory), signing);
  };
  return [[`SSM_SIGN_GPG_KEY (${CHECKSUMS}, rpm packages and repositories)`, sign]];
}

function minisignTrial({ env, release }: IdentityTrial): ReturnType<typeof trialsOf> {
  const signing = minisignSigning(env);
  if (signing.kind === 'unsigned') return [];
  const sign: Trial = (directory) => {
    signWithMinisign(emptyList(directory), release.version, signing);
    minisignPublicKey(signing);
  };
  return [[`SSM_SIGN_MINISIGN_KEY (${CHECKSUMS})`, sign]];
}

function windowsTrial(
  { env, release, runtimeFor }: IdentityTrial,
  target: BinaryTarget,
): ReturnType<typeof trialsOf> {
  const signing = windowsSigning(env);
  if (signing.kind === 'unsigned') return [];
  const sign: Trial = (directory) => {
    const program = join(directory, target.executable);
    copyFileSync(runtimeFor(target.runtime), program);
    signWindowsExecutable(program, signing, release.sourceDateEpoch);
  };
  return [['SSM_SIGN_WINDOWS_CERTIFICATE (programs and setups for Windows)', sign]];
}

function macosTrials(
  { env, release, runtimeFor }: IdentityTrial,
  target: BinaryTarget,
): ReturnType<typeof trialsOf> {
  const [programSigning, packageSigning] = [macosSigning(env), installerSigning(env)];
  const signProgram: Trial = (directory) => {
    const program = join(directory, target.executable);
    copyFileSync(runtimeFor(target.runtime), program);
    signMacosProgram(program, programSigning, target.executable);
  };
  const signPackage: Trial = (directory) => {
    const tree = join(directory, 'tree');
    mkdirSync(join(tree, 'bin'), { recursive: true });
    const program = join(tree, 'bin', target.executable);
    copyFileSync(runtimeFor(target.runtime), program);
    signMacosProgram(program, { kind: 'none' }, target.executable);
    buildFlatPackage(
      { ...release, compression: 'fast' },
      { tree, output: join(directory, 'test.pkg') },
      { architecture: target.arch === 'x64' ? 'x86_64' : 'arm64', signing: packageSigning },
    );
  };
  return [
    ...named(
      programSigning,
      { keychain: 'SSM_SIGN_MACOS_IDENTITY', certificate: 'SSM_SIGN_MACOS_CERTIFICATE' },
      ['programs for macOS', signProgram],
    ),
    ...named(
      packageSigning,
      {
        keychain: 'SSM_SIGN_MACOS_INSTALLER_IDENTITY',
        certificate: 'SSM_SIGN_MACOS_INSTALLER_CERTIFICATE',
      },
      ['packages for macOS', signPackage],
    ),
  ];
}

function named(
  { kind }: AppleIdentity,
  variables: Readonly<Record<Exclude<AppleIdentity['kind'], 'none'>, string>>,
  [what, sign]: readonly [what: string, sign: Trial],
): ReturnType<typeof trialsOf> {
  return kind === 'none' ? [] : [[`${variables[kind]} (${what})`, sign]];
}

function emptyList(directory: string): string {
  const list = join(directory, CHECKSUMS);
  writeFileSync(list, '');
  return list;
}
