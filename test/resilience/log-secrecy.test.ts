import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { EXPIRED_TOKEN, type AgentEncryption } from '../local-aws/local-aws.ts';
import { NO_CREDENTIALS } from '../program/support/program.ts';
import { startSession } from '../program/support/target.ts';
import { startInTerminal } from '../program/support/terminal-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startLocalKms } from './support/local-kms.ts';
import { logEverything } from './support/seelog-file.ts';

const CHALLENGE = 'dGhlIGNoYWxsZW5nZSBvZiB0aGUgYWdlbnQ=';
/** Names an environment variable with the response of StartSession, as the AWS CLI does. */
const RESPONSE_VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE_TEST';

/** What must not be seen, by what it is. */
type Secrets = Map<string, string>;

function assertHides(where: string, text: string, secrets: Secrets): void {
  const shown = [...secrets].flatMap(([what, secret]) => (text.includes(secret) ? [what] : []));
  assert.deepEqual(shown, [], `secrets in ${where}`);
}

/** A profile whose keys come from a command, which notes what it was started with. */
function credentialProcess(directory: string, secrets: Secrets): Readonly<Record<string, string>> {
  const keys = {
    Version: 1,
    AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    SecretAccessKey: randomBytes(30).toString('base64'),
    SessionToken: randomBytes(150).toString('base64'),
  };
  secrets.set('the secret access key', keys.SecretAccessKey);
  secrets.set('the session token', keys.SessionToken);
  const script = join(directory, 'credentials.sh');
  writeFileSync(
    script,
    `cat /proc/$$/environ /proc/$$/cmdline >${directory}/process.$$
printf '%s' '${JSON.stringify(keys)}'
`,
  );
  const config = join(directory, 'config');
  writeFileSync(config, `[default]\ncredential_process = /bin/sh ${script}\n`);
  return { AWS_CONFIG_FILE: config };
}

/** Notes the data key as the agent gets it. */
function revealing(encryption: AgentEncryption, secrets: Secrets): AgentEncryption {
  return {
    ...encryption,
    async decryptDataKey(blob, context) {
      const dataKey = await encryption.decryptDataKey(blob, context);
      for (const encoding of ['base64', 'hex'] as const) {
        secrets.set(`the data key, ${encoding}`, dataKey.toString(encoding));
        secrets.set(`the decrypting half, ${encoding}`, dataKey.toString(encoding, 0, 32));
        secrets.set(`the encrypting half, ${encoding}`, dataKey.toString(encoding, 32));
      }
      return dataKey;
    },
  };
}

/** Runs an encrypted session that is cut twice, once with expired credentials. */
async function runSession(t: TestContext, directory: string, secrets: Secrets): Promise<string> {
  const kms = await startLocalKms(t, CHALLENGE);
  const started = await startSession(t, {
    agent: { encryption: revealing(kms.encryption, secrets) },
  });
  const { session, response, args } = started;
  secrets.set('the first token', response.TokenValue);
  const program = await startInTerminal(t, [RESPONSE_VARIABLE, ...args.slice(1)], {
    env: {
      ...NO_CREDENTIALS,
      ...kms.env,
      ...credentialProcess(directory, secrets),
      [RESPONSE_VARIABLE]: JSON.stringify(response),
      SSM_PLUGIN_LOG_CONFIG: join(directory, 'seelog.xml'),
    },
  });
  const { screen } = program;
  await screen.until('the prompt', (text) => text.endsWith('$ '));
  const say = async (what: string): Promise<void> => {
    const [first, second] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
    secrets.set(`typed ${what}`, `${first} ${second}`);
    secrets.set(`the output ${what}`, `${first}-${second}`);
    program.type(`printf '%s-%s\\n' ${first} ${second}\r`);
    await screen.until(what, (text) => text.includes(`\n${first}-${second}\r`));
  };
  await say('before the cut');
  session.cutClient();
  await say('after the cut');
  secrets.set('the second token', session.response.TokenValue);
  session.answerResume(EXPIRED_TOKEN, 1);
  session.cutClient();
  await say('with the old token');
  // Unreadable frames are logged as errors, but their content is not.
  const broken = randomBytes(30).toString('hex');
  secrets.set('a broken frame', broken);
  session.sendToClient(Buffer.from(`${broken}${broken}`));
  await say('after a broken frame');
  writeFileSync(join(directory, 'process.program'), readFileSync(`/proc/${program.pid}/cmdline`));
  program.type('exit\r');
  assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
  assert.equal(session.record.connections.length, 3);
  for (const { headers } of session.record.connections) {
    const signature = /Signature=(\w+)/.exec(headers.authorization ?? '')?.[1];
    assert.ok(signature !== undefined, 'each connection is signed');
    secrets.set(`the signature ${signature}`, signature);
  }
  return screen.text;
}

describe('a whole encrypted session, cut and resumed, with everything logged', () => {
  it('shows no token, key, credential, typed text or output where it does not belong', async (t) => {
    const directory = temporaryDirectory(t);
    const { log, errors } = logEverything(directory);
    const secrets: Secrets = new Map();
    const screen = await runSession(t, directory, secrets);

    assertHides('the log', log(), secrets);
    assertHides('errors.log', errors(), secrets);
    const isOnScreen = (what: string): boolean => /^(typed|the output) /.test(what);
    assertHides(
      'what the program wrote',
      screen,
      new Map([...secrets].filter(([what]) => !isOnScreen(what))),
    );
    const processes = readdirSync(directory).filter((name) => name.startsWith('process.'));
    for (const name of processes) {
      const seen = readFileSync(join(directory, name), 'utf8');
      assert.match(seen, name === 'process.program' ? /session-manager-plugin/ : /credentials\.sh/);
      assertHides('arguments and environment of processes', seen, secrets);
    }
    assert.ok(processes.length > 1, 'the command for credentials was run');

    assert.match(log(), / INFO \[[^\]]+\] the data channel is open\n/);
    assert.match(log(), / INFO \[[^\]]+\] the data channel is lost: /);
    assert.equal(log().match(/ INFO \[[^\]]+\] the data channel is resumed\n/g)?.length, 2);
    assert.match(log(), / DEBUG \[[^\]]+\] delivered message \d+, payload type \d+, \d+ bytes\n/);
    assert.match(errors(), /^\S+ \S+ ERROR \[[^\]]+\] dropped a frame: /);
    assert.equal(log().includes(errors().trimEnd()), true, 'errors are in the log, too');
  });
});
