import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readSharedConfig } from '../../../src/aws/shared-config.ts';
import { silentLogger } from '../../../src/logging/logger.ts';
import { execFile } from '../../support/child-process.ts';
import { requireTools } from '../../support/require-tools.ts';
import { AWS } from '../../support/tools.ts';
import { homeWith } from '../aws-files.ts';
import {
  BROKEN,
  type Broken,
  NAMES,
  SETTINGS,
  type Reading,
  type SharedFileCase,
} from './shared-file-cases.ts';

/** What an `aws` command did. */
interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function home(t: TestContext, { config, credentials }: SharedFileCase): string {
  return homeWith(t, {
    ...(config === undefined ? {} : { '.aws/config': config }),
    ...(credentials === undefined ? {} : { '.aws/credentials': credentials }),
  });
}

function aws(
  home: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      'aws',
      args,
      { env: { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8', ...env } },
      (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

function withProfile(profile: string | undefined): readonly string[] {
  return profile === undefined ? [] : ['--profile', profile];
}

/** As `aws configure get` answers, which names a file that is broken, but not the line. */
async function byAwsCli(
  home: string,
  { profile, setting }: SharedFileCase,
): Promise<Exclude<Reading, Broken> | Pick<Broken, 'file'>> {
  const { status, stdout, stderr } = await aws(home, [
    ...['configure', 'get', setting],
    ...withProfile(profile),
  ]);
  if (status === 0) return { value: stdout.replace(/\n$/, '') };
  if (stderr === '') return 'no value';
  if (/The config profile \(.*\) could not be found/.test(stderr)) return 'no profile';
  const [, file = ''] = /^.*Unable to parse config file: (.*)$/m.exec(stderr) ?? [];
  assert.ok(file.startsWith(home), stderr);
  return { file: basename(file) };
}

async function byOurReader(home: string, { profile, setting }: SharedFileCase): Promise<Reading> {
  const config = await readSharedConfig(profile ?? '', { HOME: home }, silentLogger);
  if (config.fault !== undefined) {
    const [, file, line] = /^The AWS (\w+) file .* line (\d+) /.exec(config.fault) ?? [];
    assert.match(config.fault, new RegExp(`${join(home, '.aws')}/${file ?? ''} cannot be parsed`));
    return { brokenLine: Number(line), file: file ?? '' };
  }
  if (config.profile === undefined) return profile === undefined ? 'no value' : 'no profile';
  const value = config.profile[setting];
  return value === undefined ? 'no value' : { value };
}

for (const [subject, cases] of [
  ['the name of a profile', NAMES],
  ['a setting', SETTINGS],
  ['a file that cannot be parsed', BROKEN],
] as const) {
  describe(`${subject} is read as the AWS CLI reads it`, { concurrency: 2 }, () => {
    for (const [name, shared] of Object.entries(cases)) {
      it(name, async (t) => {
        assert.deepEqual(await byOurReader(home(t, shared), shared), shared.expected);
      });
      it(`${name}: the AWS CLI reads the same`, async (t) => {
        if (!requireTools(t, AWS)) return;
        const { expected } = shared;
        const printed = await byAwsCli(home(t, shared), shared);
        const isBroken = typeof expected === 'object' && 'brokenLine' in expected;
        assert.deepEqual(printed, isBroken ? { file: expected.file } : expected);
      });
    }
  });
}

describe('what the AWS CLI writes is read', { concurrency: 2 }, () => {
  for (const name of ['my dev', 'acme (prod)', "it's ours", 'größe', 'a "b" c', 'x  y', 'a #b']) {
    it(`by aws configure --profile "${name}"`, async (t) => {
      if (!requireTools(t, AWS)) return;
      const directory = homeWith(t, {});
      const written = await aws(directory, ['configure', '--profile', name], {
        input: 'AKWRITTEN\nwritten-secret\neu-west-1\njson\n',
      });
      assert.equal(written.status, 0, written.stderr);
      const { profile } = await readSharedConfig(name, { HOME: directory }, silentLogger);
      assert.deepEqual(
        { ...profile },
        {
          aws_access_key_id: 'AKWRITTEN',
          aws_secret_access_key: 'written-secret',
          region: 'eu-west-1',
          output: 'json',
        },
      );
    });
  }
});

describe('the files are found where the AWS CLI finds them', { concurrency: 2 }, () => {
  const config = '[default]\nregion = eu-west-1\n';
  for (const [name, path, found] of [
    ['by $HOME', '$HOME/elsewhere/config', true],
    ['by ${HOME}', '${HOME}/elsewhere/config', true],
    ['by another variable', '$PLACE/config', true],
    ['by ~', '~/elsewhere/config', true],
    ['not by a variable that is not set', '$NOWHERE/elsewhere/config', false],
    ['nowhere with an empty name', '', false],
  ] as const) {
    it(name, async (t) => {
      const directory = homeWith(t, { 'elsewhere/config': config, '.aws/config': '' });
      const env = { HOME: directory, PLACE: join(directory, 'elsewhere'), AWS_CONFIG_FILE: path };
      const { profile } = await readSharedConfig('', env, silentLogger);
      assert.equal(profile?.['region'], found ? 'eu-west-1' : undefined);
      if (!requireTools(t, AWS)) return;
      const { stdout } = await aws(directory, ['configure', 'list'], { env });
      assert.match(stdout, found ? /region\W+eu-west-1\W+config-file/ : /region\W+<not set>/);
    });
  }
});
