import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../../build/tool.ts';
import { gpgSigning, type GpgKey } from '../../../packaging/signing/gpg.ts';
import type { CleanupScope } from '../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { GPG, GPGCONF } from '../../support/tools.ts';

/** The passphrase of each key. */
export const PASSPHRASE = 'correct horse battery staple';

/** A key that signs, in the key ring of the test. */
export interface TestKey {
  readonly directory: string;
  readonly fingerprint: string;
  readonly passphraseFile: string;
  /** Path of the public key, in ASCII armor. */
  readonly publicKey: string;
  readonly signing: GpgKey;
}

/** Makes keys in a key ring of their own, which GNUPGHOME names until the scope ends. */
export function useKeyRing(scope: CleanupScope): (owner: string) => TestKey {
  const home = join(temporaryDirectory(scope), 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  const before = process.env['GNUPGHOME'];
  process.env['GNUPGHOME'] = home;
  scope.after(() => {
    runTool(GPGCONF, ['--kill', 'all']);
    if (before === undefined) delete process.env['GNUPGHOME'];
    else process.env['GNUPGHOME'] = before;
  });
  return (owner) => makeKey(scope, owner);
}

function makeKey(scope: CleanupScope, owner: string): TestKey {
  const directory = temporaryDirectory(scope);
  const passphraseFile = join(directory, "the passphrase's 100% own file");
  writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 });
  runTool(GPG, [
    ...['--batch', '--pinentry-mode', 'loopback', '--passphrase-file', passphraseFile],
    ...['--quick-generate-key', owner, 'rsa2048', 'sign', 'never'],
  ]);
  // It may have stayed with the agent, which would then need no file.
  runTool(GPGCONF, ['--kill', 'all']);
  const listed = runTool(GPG, ['--with-colons', '--list-keys', owner]).toString();
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? '';
  const publicKey = join(directory, 'key.asc');
  runTool(GPG, ['--armor', '--output', publicKey, '--export', fingerprint]);
  return {
    directory,
    fingerprint,
    passphraseFile,
    publicKey,
    signing: signingWith(fingerprint, passphraseFile),
  };
}

function signingWith(fingerprint: string, passphraseFile: string): GpgKey {
  const signing = gpgSigning({
    SSM_SIGN_GPG_KEY: fingerprint,
    SSM_SIGN_GPG_PASSPHRASE_FILE: passphraseFile,
  });
  if (signing.kind === 'unsigned') throw new Error(`gpg has made no key: ${fingerprint}`);
  return signing;
}
