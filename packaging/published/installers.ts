import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gpgSigning } from '../signing/gpg.ts';
import {
  ACTION_FILE,
  installScript,
  POSIX_SCRIPT,
  POWERSHELL_SCRIPT,
} from '../installers/install-scripts.ts';
import { publicKeyOf } from '../signing/public-key.ts';
import { minisignPublicKey, minisignSigning } from '../signing/minisign.ts';
import type { Producer, Publication } from './publication.ts';

/** The directory of the action, which is the content of a repository on GitHub. */
export const ACTION = 'github-action';

/** The scripts that install plain archives, and the action of GitHub that runs them. They contain digests. */
export const installers: Producer = {
  name: 'install scripts',
  write({ release, directory, env, listed }) {
    const { version, publisher } = release;
    const facts = {
      version,
      downloads: publisher.downloads,
      files: listed,
      key: keyOf(env),
      minisignKey: minisignPublicKey(minisignSigning(env)),
    };
    mkdirSync(join(directory, ACTION));
    copyFileSync(ACTION_FILE, join(directory, ACTION, 'action.yml'));
    const scripts = [POSIX_SCRIPT, POWERSHELL_SCRIPT] as const;
    const paths = scripts.flatMap((name) => [name, `${ACTION}/${name}`]);
    for (const name of scripts) {
      const text = installScript(name, facts);
      for (const place of [name, `${ACTION}/${name}`]) writeFileSync(join(directory, place), text);
    }
    return [...paths, `${ACTION}/action.yml`].sort();
  },
};

function keyOf(env: Publication['env']): ReturnType<typeof publicKeyOf> | undefined {
  const signing = gpgSigning(env);
  return signing.kind === 'unsigned' ? undefined : publicKeyOf(signing);
}
