import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readSharedConfig } from '../../../src/aws/shared-config.ts';
import { CommandError } from '../../../src/cli/framework/command-context.ts';
import { checkNamedProfile } from '../../../src/cli/framework/named-profile.ts';
import { silentLogger } from '../../../src/logging/logger.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

type Check = (profile: string, env?: Readonly<Record<string, string>>) => Promise<void>;

const check = (profile: string, env: Readonly<Record<string, string>>): Promise<void> =>
  checkNamedProfile({ profile }, env, () => readSharedConfig(profile, env, silentLogger));

/** Checks against an account's files: `work` is in one of them, `home` in the other. */
function configured(t: TestContext): Check {
  const directory = temporaryDirectory(t);
  const files = {
    AWS_CONFIG_FILE: join(directory, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials'),
  };
  writeFileSync(
    files.AWS_CONFIG_FILE,
    '[profile work]\nregion = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\n[services local]\n',
  );
  writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, '[home]\naws_access_key_id = a\n');
  return (profile, env = {}) => check(profile, { ...files, ...env });
}

function hasMessage(text: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof CommandError && text.test(error.message);
}

describe('the profile that is named', () => {
  it('may be in either file, and may be named by the environment', async (t) => {
    const check = configured(t);
    await check('work');
    await check('home');
    await check('', { AWS_PROFILE: 'work' });
    await check('', { AWS_DEFAULT_PROFILE: 'home' });
    await check('work', { AWS_PROFILE: 'missing' });
  });

  it('need not exist when none is named', async (t) => {
    const check = configured(t);
    await check('');
    await check('', { AWS_PROFILE: '' });
    await check('default');
  });

  it('is reported as missing, with the most similar one', async (t) => {
    const check = configured(t);
    const missed = hasMessage(/^There is no profile wrok in .* files\.\nDid you mean work\?$/);
    await assert.rejects(check('wrok'), missed);
    await assert.rejects(check('', { AWS_PROFILE: 'wrok' }), missed);
    await assert.rejects(
      check('elsewhere'),
      hasMessage(/^There is no profile elsewhere in .*, run `aws configure list-profiles`\.$/),
    );
  });

  it('is no other section', async (t) => {
    const check = configured(t);
    await assert.rejects(check('sso-session.crop'), hasMessage(/list-profiles/));
  });

  it('is missed where there are no files at all', async (t) => {
    const HOME = temporaryDirectory(t);
    await assert.rejects(check('work', { HOME }), hasMessage(/list-profiles/));
  });
});
