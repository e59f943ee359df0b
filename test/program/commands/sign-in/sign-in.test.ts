import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { homeWith } from '../../../aws/aws-files.ts';
import { createSsoApi } from '../../../local-aws/api/credentials/sso-api.ts';
import {
  createSsoOidcApi,
  type SsoOidcOptions,
} from '../../../local-aws/api/credentials/sso-oidc-api.ts';
import { serve } from '../../../network/local-server.ts';
import { NO_CREDENTIALS, type Environment } from '../../support/program.ts';
import { TARGET } from '../../support/target.ts';
import type { TerminalProgram } from '../../support/terminal-program.ts';
import {
  outcomeOf,
  startCommand,
  startTerminalCommand,
  startCommandTarget,
  type CommandTarget,
} from '../support/run-command.ts';

const START_URL = 'https://company.example/start';
const ACCOUNT = 'sso_account_id = 123456789012\nsso_role_name = Admin\n';
const WITH_SESSION =
  `[profile work]\nsso_session = company\n${ACCOUNT}` +
  `[sso-session company]\nsso_region = us-east-1\nsso_start_url = ${START_URL}\n`;
const WITHOUT_SESSION = `[profile work]\nsso_start_url = ${START_URL}\nsso_region = us-east-1\n${ACCOUNT}`;
const QUESTION = 'The sign-in of profile work has expired. Sign in now? (Y/n)';
const ROLE = {
  accessKeyId: 'ASIASSO',
  secretAccessKey: 'sso-secret',
  sessionToken: 'sso-token',
  expiration: Date.UTC(2100, 0),
};
const COMMAND = ['exec', TARGET, '--', 'echo done'];

interface Company {
  readonly target: CommandTarget;
  readonly env: Environment;
  /** Where the AWS CLI keeps the sign-in. */
  readonly tokenFile: string;
  /** What the OIDC service was asked. */
  readonly calls: readonly string[];
}

/** A company with IAM Identity Center, and a profile `work` whose sign-in has expired. */
async function startCompany(
  t: TestContext,
  config: string,
  oidcOptions: Partial<SsoOidcOptions> = {},
): Promise<Company> {
  const target = await startCommandTarget(t);
  const oidc = createSsoOidcApi({ accessToken: 'new-token', ...oidcOptions });
  const oidcPort = await serve(t, oidc.listener);
  const portalPort = await serve(t, createSsoApi('new-token', ROLE).listener);
  const key = config === WITH_SESSION ? 'company' : START_URL;
  const name = `.aws/sso/cache/${createHash('sha1').update(key).digest('hex')}.json`;
  const expired = { accessToken: 'old-token', expiresAt: '2020-01-01T00:00:00Z' };
  const home = homeWith(t, { '.aws/config': config, [name]: JSON.stringify(expired) });
  return {
    target,
    tokenFile: join(home, name),
    calls: oidc.calls,
    env: {
      ...NO_CREDENTIALS,
      HOME: home,
      AWS_PROFILE: 'work',
      AWS_ENDPOINT_URL_SSO: `http://127.0.0.1:${portalPort}`,
      AWS_ENDPOINT_URL_SSO_OIDC: `http://127.0.0.1:${oidcPort}`,
    },
  };
}

/** A browser in which the user signs in at once: it follows where it is sent. */
function browser(t: TestContext): Environment {
  const directory = homeWith(t, { 'browser.mjs': 'await fetch(process.argv[2]);\n' });
  const script = join(directory, 'browser');
  writeFileSync(script, `#!/bin/sh\nexec ${process.execPath} ${directory}/browser.mjs "$1"\n`);
  chmodSync(script, 0o755);
  return { BROWSER: script };
}

async function answer(program: TerminalProgram, keys: string): Promise<void> {
  await program.screen.until('the question', (text) => text.includes(QUESTION));
  program.type(keys);
}

function tokenIn(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

/** As the AWS CLI leaves it, for its owner alone. */
function assertSignedIn({ tokenFile, target }: Company): void {
  const token = tokenIn(tokenFile);
  assert.deepEqual(
    { ...token, expiresAt: '', registrationExpiresAt: '' },
    {
      startUrl: START_URL,
      region: 'us-east-1',
      accessToken: 'new-token',
      expiresAt: '',
      clientId: 'client-id',
      clientSecret: 'client-secret',
      registrationExpiresAt: '',
      refreshToken: 'refresh-token',
    },
  );
  for (const name of ['expiresAt', 'registrationExpiresAt']) {
    assert.match(String(token[name]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
  assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
  assert.equal(target.aws.apiCalls[0]?.accessKeyId, 'ASIASSO');
}

describe('an expired sign-in at IAM Identity Center', () => {
  it('is renewed in the browser, when the person wants to', async (t) => {
    const company = await startCompany(t, WITH_SESSION);
    const env = { ...company.env, ...browser(t) };
    const program = await startTerminalCommand(t, company.target, COMMAND, { env });
    await answer(program, '\r');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
    assert.match(program.screen.text, /done\r\n$/);
    assert.deepEqual(company.calls, [
      'RegisterClient authorization_code refresh_token',
      'authorize sso:account:access',
      'CreateToken authorization_code',
    ]);
    assertSignedIn(company);
    // The next run finds it.
    const next = startCommand(t, company.target, COMMAND, { env: company.env });
    assert.deepEqual(await outcomeOf(next), { status: 0, stdout: 'done\n', stderr: '' });
  });

  for (const [what, config] of [
    ['where there is no browser', WITH_SESSION],
    ['of the older settings', WITHOUT_SESSION],
  ] as const) {
    it(`is renewed by a code ${what}`, async (t) => {
      const company = await startCompany(t, config, { pending: ['AuthorizationPendingException'] });
      const env = { ...company.env, SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' };
      const program = await startTerminalCommand(t, company.target, COMMAND, { env });
      await answer(program, 'y\r');
      assert.equal((await program.end()).status, 0, program.screen.text);
      const text = program.screen.text.replaceAll('\r\n', '\n');
      assert.match(text, /https:\/\/device\.sso\.example\/ .*enter the code ABCD-EFGH/);
      assert.deepEqual(company.calls, [
        'RegisterClient',
        `StartDeviceAuthorization ${START_URL}`,
        'CreateToken urn:ietf:params:oauth:grant-type:device_code',
        'CreateToken urn:ietf:params:oauth:grant-type:device_code',
      ]);
      assertSignedIn(company);
    });
  }

  for (const [way, further] of [
    ['in the browser', true],
    ['by a code', false],
  ] as const) {
    it(`that is refused ${way} is reported, and nothing is kept`, async (t) => {
      const company = await startCompany(t, WITH_SESSION, { denies: true });
      const env = { ...company.env, ...(further ? browser(t) : {}) };
      const program = await startTerminalCommand(t, company.target, COMMAND, { env });
      await answer(program, '\r');
      assert.equal((await program.end()).status, 255);
      assert.match(
        program.screen.text.replaceAll('\r\n', ' '),
        /the request was denied in the browser/,
      );
      assert.equal(tokenIn(company.tokenFile)['accessToken'], 'old-token');
      assert.deepEqual(company.target.aws.apiCalls, []);
    });
  }

  it('reports the command to a person who does not want to now', async (t) => {
    const company = await startCompany(t, WITH_SESSION);
    const size = { cols: 200, rows: 24 };
    const program = await startTerminalCommand(t, company.target, COMMAND, {
      env: company.env,
      size,
    });
    await answer(program, 'n\r');
    assert.equal((await program.end()).status, 255);
    assert.match(program.screen.text, /Run `aws sso login --profile work`/);
    assert.deepEqual(company.calls, []);
  });

  it('is left with Ctrl-C, also while the browser is waited for', async (t) => {
    const company = await startCompany(t, WITH_SESSION);
    const env = { ...company.env, BROWSER: 'true' };
    const asked = await startTerminalCommand(t, company.target, COMMAND, { env });
    await answer(asked, '\x03');
    assert.deepEqual(await asked.end(), { status: 130, settings: asked.settingsBefore });
    const waiting = await startTerminalCommand(t, company.target, COMMAND, { env });
    await answer(waiting, '\r');
    await waiting.screen.until('the URL', (text) => text.includes('/authorize?'));
    waiting.type('\x03');
    assert.deepEqual(await waiting.end(), { status: 130, settings: waiting.settingsBefore });
  });

  it('only prints the command with --no-login, and in pipes', async (t) => {
    const company = await startCompany(t, WITH_SESSION);
    const { env, target } = company;
    const expected = /Run `aws sso login --profile work`/;
    const size = { cols: 200, rows: 24 };
    const args = ['targets', '--no-login'];
    const program = await startTerminalCommand(t, target, args, { env, size });
    assert.equal((await program.end()).status, 255);
    assert.match(program.screen.text, expected);
    const piped = await outcomeOf(startCommand(t, target, ['targets'], { env }));
    assert.equal(piped.status, 255);
    assert.match(piped.stderr, expected);
    assert.deepEqual(company.calls, []);
  });
});
