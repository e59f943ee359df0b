import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanupScope } from '../../../support/cleanup-scope.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { GPG, GPGCONF } from '../../../support/tools.ts';
import { runTool } from '../../../../build/tool.ts';

/** An OpenPGP key that signs releases. */
export interface ReleaseKey {
  /** Of the primary key. */
  readonly fingerprint: string;
  /** Path of the public key, in ASCII armor. */
  readonly publicKey: string;
  /** @returns a detached signature */
  readonly sign: (content: string) => Buffer;
}

/** @param past - makes a key that has expired; it signs as if that time had not come */
export function makeReleaseKey(context: CleanupScope, name: string, past?: 'expired'): ReleaseKey {
  const directory = temporaryDirectory(context);
  const home = join(directory, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  const env = { GNUPGHOME: home };
  context.after(() => void runTool(GPGCONF, ['--kill', 'all'], { env }));
  const time = past === 'expired' ? ['--faked-system-time', '20200101T000000!'] : [];
  const gpg = (...args: string[]): Buffer =>
    runTool(GPG, ['--batch', '--passphrase', '', ...time, ...args], { env });
  gpg('--quick-generate-key', name, 'ed25519', 'sign', past === 'expired' ? '2d' : 'never');
  const listed = gpg('--with-colons', '--list-keys').toString();
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? '';
  const publicKey = join(directory, `${fingerprint}.asc`);
  gpg('--armor', '--output', publicKey, '--export', fingerprint);
  return {
    fingerprint,
    publicKey,
    sign(content) {
      const file = join(directory, 'signed');
      writeFileSync(file, content);
      gpg('--yes', '--detach-sign', '--output', `${file}.sig`, file);
      return readFileSync(`${file}.sig`);
    },
  };
}
