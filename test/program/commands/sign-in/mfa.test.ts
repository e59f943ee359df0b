import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { homeWith } from '../../../aws/aws-files.ts';
import type { LocalAws } from '../../../local-aws/local-aws.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { AWS } from '../../../support/tools.ts';
import { startPiped } from '../../support/piped-program.ts';
import { NO_CREDENTIALS, type Environment } from '../../support/program.ts';
import { AGENT_WITHOUT_FLAG, resumeAndTerminate } from '../support/resume-and-terminate.ts';
import { PROMPT, sixArguments, TARGET } from '../../support/target.ts';
import { startCommandInTerminal, type TerminalProgram } from '../../support/terminal-program.ts';
import {
  outcomeOf,
  startCommand,
  startTerminalCommand,
  startCommandTarget,
} from '../support/run-command.ts';

const SERIAL = 'arn:aws:iam::123456789012:mfa/jane';
const CODE = '123456';
const QUESTION = `Code of MFA device ${SERIAL} (profile admin):`;
const CONFIG = `
[profile base]
aws_access_key_id = AKBASE
aws_secret_access_key = base-secret
[profile admin]
role_arn = arn:aws:iam::123456789012:role/admin
source_profile = base
mfa_serial = ${SERIAL}
`;

interface Account {
  readonly aws: LocalAws;
  readonly env: Environment;
  /** How often a role was assumed, or was to be. */
  readonly assumed: () => number;
}

/** An account in which the role of the profile `admin` needs a code. */
async function startAccount(t: TestContext): Promise<Account> {
  const { aws, env } = await startCommandTarget(t, { mfa: { serialNumber: SERIAL, code: CODE } });
  return {
    aws,
    env: {
      ...env,
      ...NO_CREDENTIALS,
      HOME: homeWith(t, { '.aws/config': CONFIG }),
      AWS_PROFILE: 'admin',
      AWS_ENDPOINT_URL_STS: aws.endpoint,
      AWS_REGION: aws.region,
      AWS_DEFAULT_REGION: aws.region,
    },
    assumed: () => aws.stsCalls.filter(({ operation }) => operation === 'AssumeRole').length,
  };
}

async function answer(program: TerminalProgram, code: string): Promise<void> {
  await program.screen.until('the question', (text) => text.includes(QUESTION));
  program.type(`${code}\r`);
}

describe('a role that needs a code', () => {
  it('is asked for once, before the session, and kept for later runs and the AWS CLI', async (t) => {
    const account = await startAccount(t);
    const { env } = account;
    const first = await startTerminalCommand(t, account, ['shell', 'local'], { env });
    await answer(first, CODE);
    await first.screen.until('the prompt', (text) => text.endsWith(PROMPT));
    first.type('exit\r');
    const { settings } = await first.end();
    assert.equal(settings, first.settingsBefore);
    assert.doesNotMatch(first.screen.text, /(?<![0-9a-f])\d{6}\r\n/);
    const second = startCommand(t, account, ['exec', TARGET, '--', 'echo done'], { env });
    assert.deepEqual(await outcomeOf(second), { status: 0, stdout: 'done\n', stderr: '' });
    assert.equal(account.assumed(), 1);

    if (!requireTools(t, AWS)) return;
    const cli = await startCommandInTerminal(t, ['aws', 'sts', 'get-caller-identity'], { env });
    assert.equal((await cli.end()).status, 0, cli.screen.text);
    assert.equal(account.assumed(), 1);
  });

  it('of the AWS CLI signs, resumes and ends a session of the plugin', async (t) => {
    if (!requireTools(t, AWS)) return;
    const account = await startAccount(t);
    const { env, aws } = account;
    const cli = await startCommandInTerminal(t, ['aws', 'sts', 'get-caller-identity'], { env });
    await cli.screen.until('the question', (text) => text.includes(`MFA code for ${SERIAL}: `));
    cli.type(`${CODE}\r`);
    assert.equal((await cli.end()).status, 0, cli.screen.text);

    const request = { Target: TARGET };
    const response = await aws.startSession(request, { agent: AGENT_WITHOUT_FLAG });
    const session = aws.session(response.SessionId);
    // As the AWS CLI hands its profile over.
    const args = sixArguments(aws, response, request).with(3, 'admin');
    const program = startPiped(t, args, { env });
    await resumeAndTerminate(program, session);
    assert.deepEqual(
      aws.apiCalls.map(({ operation, accessKeyId }) => [operation, accessKeyId]),
      [
        ['ResumeSession', 'ASIALOCAL'],
        ['TerminateSession', 'ASIALOCAL'],
      ],
    );
    assert.equal(account.assumed(), 1);
  });

  it('with a wrong code is refused, and the code is not asked for again', async (t) => {
    const account = await startAccount(t);
    const { env } = account;
    const program = await startTerminalCommand(t, account, ['shell', 'local'], { env });
    await answer(program, '000000');
    assert.equal((await program.end()).status, 255);
    assert.match(program.screen.text, /invalid MFA one time pass code/);
    assert.equal(account.assumed(), 1);
  });

  it('takes nothing else for a code', async (t) => {
    const account = await startAccount(t);
    const program = await startTerminalCommand(t, account, ['targets'], { env: account.env });
    await answer(program, '12ab');
    await program.screen.until('why not', (text) => text.includes('The code has 6 digits.'));
    program.type(`\x15${CODE}\r`);
    assert.equal((await program.end()).status, 0);
  });

  for (const [keys, status] of [
    ['\x03', 130],
    ['\x04', 255],
  ] as const) {
    it(`is left with ${keys === '\x03' ? 'Ctrl-C' : 'Ctrl-D'}: no session, and the terminal as it was`, async (t) => {
      const account = await startAccount(t);
      const { env, aws } = account;
      const program = await startTerminalCommand(t, account, ['shell', TARGET], { env });
      await program.screen.until('the question', (text) => text.includes(QUESTION));
      program.type(keys);
      assert.deepEqual(await program.end(), { status, settings: program.settingsBefore });
      assert.deepEqual(aws.apiCalls, []);
    });
  }

  it('in pipes reports what needs it, and what to do', async (t) => {
    const account = await startAccount(t);
    const program = startCommand(t, account, ['targets'], { env: account.env });
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 255);
    assert.match(
      stderr,
      /profile admin needs a code of the MFA device \S+, .* Run this in a terminal first, .*: `aws sts get-caller-identity --profile admin`\.\n/,
    );
    assert.equal(account.assumed(), 0);
  });
});
