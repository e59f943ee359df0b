import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readSharedConfig } from '../../../src/aws/shared-config.ts';
import { CommandError } from '../../../src/cli/framework/command-context.ts';
import { findRegion } from '../../../src/cli/framework/region.ts';
import { silentLogger } from '../../../src/logging/logger.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** An environment whose configuration has regions for `default` and `work`, but not for `bare`. */
function environment(t: TestContext): Record<string, string> {
  const directory = temporaryDirectory(t);
  const config = join(directory, 'config');
  writeFileSync(
    config,
    '[default]\nregion = ap-south-1\n[profile work]\nregion = eu-west-1\n[profile bare]\noutput = json\n',
  );
  return { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(directory, 'none') };
}

function find(
  env: Readonly<Record<string, string>>,
  options: { readonly region?: string; readonly profile?: string } = {},
): Promise<string> {
  const { region = '', profile = '' } = options;
  return findRegion({ region }, env, () => readSharedConfig(profile, env, silentLogger));
}

describe('the region', () => {
  it('is that of the option first of all', async (t) => {
    const env = { ...environment(t), AWS_REGION: 'us-west-1', AWS_DEFAULT_REGION: 'us-west-2' };
    assert.equal(await find(env, { region: 'eu-north-1', profile: 'work' }), 'eu-north-1');
  });

  it('is AWS_REGION before AWS_DEFAULT_REGION, and both before the profile', async (t) => {
    const env = { ...environment(t), AWS_DEFAULT_REGION: 'us-west-2' };
    assert.equal(await find({ ...env, AWS_REGION: 'us-west-1' }, { profile: 'work' }), 'us-west-1');
    assert.equal(await find(env, { profile: 'work' }), 'us-west-2');
    assert.equal(await find({ ...env, AWS_REGION: '' }), 'us-west-2');
  });

  it('is that of the profile: the option, AWS_PROFILE, AWS_DEFAULT_PROFILE, default', async (t) => {
    const env = environment(t);
    assert.equal(await find({ ...env, AWS_PROFILE: 'bare' }, { profile: 'work' }), 'eu-west-1');
    assert.equal(
      await find({ ...env, AWS_PROFILE: 'work', AWS_DEFAULT_PROFILE: 'bare' }),
      'eu-west-1',
    );
    assert.equal(await find({ ...env, AWS_DEFAULT_PROFILE: 'work' }), 'eu-west-1');
    assert.equal(await find(env), 'ap-south-1');
  });

  it('is missed with the profile that names none, or is not there', async (t) => {
    const env = environment(t);
    await assert.rejects(find(env, { profile: 'bare' }), (error) => {
      assert.ok(error instanceof CommandError);
      assert.match(error.message, /^No AWS region is set: profile bare has none\. Pass --region/);
      return true;
    });
    await assert.rejects(find(env, { profile: 'missing' }), /there is no profile missing/);
  });

  it('cannot be a text that would change the host', async (t) => {
    const env = { ...environment(t), AWS_REGION: 'evil.example/' };
    await assert.rejects(find(env), /^CommandError: AWS_REGION is "evil\.example\/"/);
  });
});
