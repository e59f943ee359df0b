import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { homeWith } from '../../aws/aws-files.ts';
import { createSsoOidcApi } from '../../local-aws/api/credentials/sso-oidc-api.ts';
import { serve } from '../../network/local-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  outcomeOf,
  runAlone,
  startCommand,
  startTerminalCommand,
  startCommandTarget,
} from '../commands/support/run-command.ts';
import { startAccount, WEB_1 } from '../commands/support/account.ts';
import { credentialProcess } from '../support/credential-process.ts';
import { NO_CREDENTIALS } from '../support/program.ts';
import { startPiped, type CompletedRun } from '../support/piped-program.ts';
import { startSession, TARGET } from '../support/target.ts';

/** Sets a title, erases the screen (C1) and turns the direction of writing around. */
const HOSTILE = '\x1b]0;owned\x07\u009b2J\u202eevil';
/** What is left of it. */
const HARMLESS = /\]0;owned ?2J ?evil/;
const CONTROLLING = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
/** What of it a terminal must not get, among what the program itself has to send there. */
const HOSTILE_PIECES = ['\x1b]0;owned', '\u009b', '\u202e'];

/** A text was shown, and nothing of it controls a terminal. */
function assertHarmless({ stdout, stderr }: CompletedRun): void {
  const text = stdout + stderr;
  assert.doesNotMatch(text, CONTROLLING);
  assert.match(text, HARMLESS);
}

/** The same of a terminal, whose screen the program may control, but no foreign text. */
function assertHarmlessOnScreen(text: string): void {
  for (const piece of HOSTILE_PIECES) assert.ok(!text.includes(piece), JSON.stringify(text));
  assert.match(text, HARMLESS);
}

describe('an argument that is quoted', () => {
  for (const [what, args] of [
    ['an operation that is not known', [HOSTILE]],
    ['an option that is not known', ['shell', `--${HOSTILE}`]],
    ['a value that is not allowed', ['shell', '--log-level', HOSTILE]],
    ['an argument too many', ['doctor', 'a', HOSTILE]],
    ['a port', ['forward', TARGET, `${HOSTILE}:`]],
    ['a profile', ['targets', '--profile', HOSTILE]],
    ['a profile, as JSON', ['targets', '--json', '--profile', HOSTILE]],
    ['a profile of ssh-config', ['ssh-config', '--profile', HOSTILE]],
  ] as const) {
    it(`controls no terminal: ${what}`, async (t) => {
      const outcome = await runAlone(t, args, { AWS_REGION: 'us-east-1' });
      const shown = outcome.stdout + outcome.stderr;
      assert.doesNotMatch(shown, CONTROLLING);
      assert.match(shown, /owned/);
      assert.notEqual(outcome.status, 0);
    });
  }

  it('makes no line of its own in the configuration of ssh', async (t) => {
    const { status, stdout, stderr } = await runAlone(t, [
      'ssh-config',
      '--region',
      'x\nLocalCommand touch /tmp/owned',
    ]);
    assert.equal(stdout, '');
    assert.match(stderr, /^session-manager-plugin: --region "x\\nLocalCommand [^\n]*\n$/);
    assert.equal(status, 255);
  });
});

describe('a text of AWS', () => {
  const NODE = { ...WEB_1, computerName: HOSTILE, agentVersion: `3.3.987.0${HOSTILE}` };
  const REFUSAL = { status: 400, type: 'AccessDeniedException', message: HOSTILE };

  for (const args of [['targets'], ['targets', '--json'], ['doctor', NODE.id]]) {
    it(`controls no terminal: of a node, by ${args.join(' ')}`, async (t) => {
      const account = await startAccount(t, [NODE]);
      const { stdout, stderr } = await account.run(args);
      assert.doesNotMatch(stdout + stderr, CONTROLLING);
      assert.match(stdout, /owned/);
    });
  }

  for (const json of [[], ['--json']]) {
    it(`controls no terminal: of a session ${json.join('')}`, async (t) => {
      const account = await startAccount(t);
      await account.aws.startSession({ Target: WEB_1.id, Reason: HOSTILE });
      const { stdout } = await account.run(['sessions', ...json]);
      assert.doesNotMatch(stdout, CONTROLLING);
      assert.match(stdout, /owned/);
    });
  }

  for (const json of [[], ['--json']]) {
    it(`controls no terminal: of an access request ${json.join('')}`, async (t) => {
      const account = await startAccount(t, [WEB_1], { access: {} });
      const args = ['exec', WEB_1.id, '--request-access', '--reason', HOSTILE, '--wait-access'];
      await account.run([...args, '1s', '--', 'true']);
      const { stdout } = await account.run(['access', ...json]);
      assert.doesNotMatch(stdout, CONTROLLING);
      assert.match(stdout, /owned/);
    });
  }

  it('controls no terminal: of a refusal, by a command and by doctor', async (t) => {
    const target = await startCommandTarget(t);
    target.aws.refuse('StartSession', REFUSAL);
    target.aws.refuse('GetConnectionStatus', REFUSAL);
    for (const args of [
      ['shell', TARGET],
      ['doctor', TARGET],
    ]) {
      assertHarmless(await outcomeOf(startCommand(t, target, args)));
    }
  });

  it('controls no terminal: of a node in the picker, and once it is chosen', async (t) => {
    const account = await startAccount(t, [{ ...NODE, id: `mi-00000000000000009${HOSTILE}` }]);
    account.aws.refuse('StartSession', REFUSAL);
    const size = { cols: 200, rows: 20 };
    const program = await startTerminalCommand(t, account, ['shell'], { size });
    await program.screen.until('the picker', (text) => text.includes('navigate'));
    program.type('\r');
    await program.end();
    assertHarmlessOnScreen(program.screen.text);
  });

  it('controls no terminal: of a sign-in', async (t) => {
    const target = await startCommandTarget(t);
    const oidc = createSsoOidcApi({ accessToken: 'token', userCode: HOSTILE, denies: true });
    const port = await serve(t, oidc.listener);
    const config =
      '[profile work]\nsso_start_url = https://company.example/start\nsso_region = us-east-1\n' +
      'sso_account_id = 123456789012\nsso_role_name = Admin\n';
    const env = {
      ...NO_CREDENTIALS,
      HOME: homeWith(t, { '.aws/config': config }),
      AWS_PROFILE: 'work',
      AWS_ENDPOINT_URL_SSO_OIDC: `http://127.0.0.1:${port}`,
    };
    const size = { cols: 200, rows: 20 };
    const program = await startTerminalCommand(t, target, ['shell', TARGET], { env, size });
    await program.screen.until('the question', (text) => text.includes('Sign in now?'));
    program.type('\r');
    await program.end();
    assertHarmlessOnScreen(program.screen.text);
  });
});

describe('a text of the configuration', () => {
  it('controls no terminal: of a process that gives credentials', async (t) => {
    const target = await startCommandTarget(t);
    const { env } = credentialProcess(t, `printf '%s\\n' '${HOSTILE}' >&2; exit 1`);
    assertHarmless(await outcomeOf(startCommand(t, target, ['targets'], { env })));
  });

  it('controls no terminal: of the question for a code', async (t) => {
    const target = await startCommandTarget(t);
    const config =
      '[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n' +
      `[profile admin]\nrole_arn = arn:aws:iam::123456789012:role/admin\nsource_profile = base\n` +
      `mfa_serial = serial${HOSTILE}\n`;
    const env = {
      ...NO_CREDENTIALS,
      HOME: homeWith(t, { '.aws/config': config }),
      AWS_PROFILE: 'admin',
    };
    const size = { cols: 200, rows: 20 };
    const program = await startTerminalCommand(t, target, ['shell', TARGET], { env, size });
    await program.screen.until('the question', (text) => text.includes('Code of MFA device'));
    program.type('\x03');
    await program.end();
    assertHarmlessOnScreen(program.screen.text);
  });

  it('controls no terminal: of the path of a file that cannot be parsed', async (t) => {
    const directory = join(temporaryDirectory(t), HOSTILE);
    mkdirSync(directory);
    writeFileSync(join(directory, 'config'), 'nonsense\n');
    const env = { AWS_CONFIG_FILE: join(directory, 'config'), AWS_REGION: 'us-east-1' };
    assertHarmless(await runAlone(t, ['targets'], env));
  });

  for (const [what, contents] of [
    ['of a file that cannot be used', '<seelog minlevel="\u009b\u202e\n2" />'],
    ['of an element that is not known', '<seelog><x&#10;y/></seelog>'],
    ['of an output that is not known', '<seelog><outputs><smtp\u202e\u009b/></outputs></seelog>'],
  ] as const) {
    it(`controls no terminal and stays on its line: ${what} of the log`, async (t) => {
      const directory = join(temporaryDirectory(t), `a\nb${HOSTILE}`);
      mkdirSync(directory);
      const configuration = join(directory, 'seelog.xml');
      writeFileSync(configuration, contents);
      const { args } = await startSession(t);
      const program = startPiped(t, args, { env: { SSM_PLUGIN_LOG_CONFIG: configuration } });
      program.stdin.end('exit\n');
      await program.end();
      const stderr = program.stderr.text;
      assert.doesNotMatch(stderr, CONTROLLING);
      assert.match(stderr, HARMLESS);
      assert.ok(
        stderr
          .split('\n')
          .slice(0, -1)
          .every((line) => line.startsWith('Logging: ')),
        stderr,
      );
    });
  }
});
