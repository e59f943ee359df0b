import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { INSTALLED, VERSION } from '../../support/product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  runCommandPiped,
  startCommandPiped,
  startPiped,
  type CompletedRun,
  type PipedOptions,
} from '../support/piped-program.ts';
import { LAUNCHER, NO_CREDENTIALS, programCommand } from '../support/program.ts';
import { PROMPT, sixArguments, startSession } from '../support/target.ts';

const RESPONSE_VARIABLE = 'AWS_SSM_START_SESSION_RESPONSE';

/** Runs the program to its end with empty input. */
const run = (
  t: TestContext,
  args: readonly string[],
  options?: PipedOptions,
): Promise<CompletedRun> => runCommandPiped(t, programCommand(args), options);

/** A directory for PATH with the program under its name, as a link, and the runtime it is run by. */
function directoryOnPath(t: TestContext): string {
  const directory = temporaryDirectory(t);
  programCommand([]);
  symlinkSync(LAUNCHER, join(directory, 'session-manager-plugin'));
  symlinkSync(process.execPath, join(directory, 'node'));
  return directory;
}

describe('the program without arguments', () => {
  it('prints that it is installed', async (t) => {
    assert.deepEqual(await run(t, []), { status: 0, stdout: INSTALLED, stderr: '' });
  });

  it('does so by its name, through a link on PATH, in any directory', async (t) => {
    const directory = directoryOnPath(t);
    const program = startCommandPiped(t, ['session-manager-plugin'], {
      env: { PATH: `${directory}${delimiter}/usr/bin${delimiter}/bin` },
      through: ['/usr/bin/env'],
      directory: '/',
    });
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stdout.text, INSTALLED);
  });

  it('does so through a link to a link in a directory with a space', async (t) => {
    const directory = directoryOnPath(t);
    const further = join(directory, 'further on');
    mkdirSync(further);
    symlinkSync('../session-manager-plugin', join(further, 'plugin'));
    const program = startCommandPiped(t, [join(further, 'plugin')], {
      env: { PATH: directory },
      directory: further,
    });
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.equal(program.stdout.text, INSTALLED);
  });

  it('succeeds though nothing reads its output', async (t) => {
    const program = startPiped(t, [], {
      through: ['/bin/sh', '-c', '{ "$@"; echo "status $?" >&2; } | true', 'sh'],
    });
    await program.end();
    assert.equal(program.stderr.text, 'status 0\n');
  });
});

describe('--version', () => {
  it('prints the version of the VERSION file, as the AWS CLI accepts it', async (t) => {
    const { status, stdout, stderr } = await run(t, ['--version']);
    assert.equal(status, 0);
    assert.equal(stdout, `${VERSION}\n`);
    assert.match(stdout.trim(), /^\d+(\.\d+){0,3}$/);
    assert.equal(stderr, '');
  });
});

describe('operations that are none', () => {
  for (const args of [['help'], ['help', 'me'], ['--version', 'verbose']] as const) {
    it(`${args.join(' ')}: an unknown operation`, async (t) => {
      const { status, stdout } = await run(t, args);
      assert.equal(
        stdout,
        `\nUnknown operation ${args[0]}. \nUse session-manager-plugin --version to check the version.\n\n`,
      );
      assert.equal(status, 1);
    });
  }

  it('another one than StartSession is invalid', async (t) => {
    const { args } = await startSession(t);
    const { status, stdout } = await run(t, args.with(2, 'ResumeSession'));
    assert.equal(stdout, 'Invalid Operation');
    assert.equal(status, 1);
  });
});

describe('a session', () => {
  /** Runs `echo $((6 * 7))` on the target. */
  async function assertWorks(
    t: TestContext,
    args: readonly string[],
    env: PipedOptions['env'] = {},
  ): Promise<void> {
    const program = startPiped(t, args, { env });
    program.stdin.end('echo $((6 * 7))\n');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    assert.match(program.stdout.text, /^42\r$/m);
    assert.equal(program.stderr.text, '');
  }

  it('is started with six arguments, as the AWS CLI gives them', async (t) => {
    const { args } = await startSession(t);
    assert.equal(args.length, 6);
    await assertWorks(t, args);
  });

  it('is started with three arguments', async (t) => {
    const { args } = await startSession(t);
    await assertWorks(t, args.slice(0, 3));
  });

  it('is started with a response in lower camel case', async (t) => {
    const { aws, response, request } = await startSession(t);
    const [, ...others] = sixArguments(aws, response, request);
    const { SessionId, TokenValue, StreamUrl } = response;
    const text = JSON.stringify({
      sessionId: SessionId,
      tokenValue: TokenValue,
      streamUrl: StreamUrl,
    });
    await assertWorks(t, [text, ...others]);
  });

  it('is started with a response in an environment variable', async (t) => {
    const { args } = await startSession(t);
    await assertWorks(t, args.with(0, RESPONSE_VARIABLE), { [RESPONSE_VARIABLE]: args[0] });
  });

  for (const [whose, credentials] of [
    ['with keys', {}],
    ['without any', NO_CREDENTIALS],
  ] as const) {
    it(`works beside an AWS config file that cannot be parsed, ${whose}`, async (t) => {
      const { args } = await startSession(t);
      const config = join(temporaryDirectory(t), 'config');
      writeFileSync(config, '[default]\nneither a section nor a setting\n');
      await assertWorks(t, args.with(3, 'work'), { AWS_CONFIG_FILE: config, ...credentials });
    });
  }

  it('hides that variable from what the program starts', async (t) => {
    const directory = temporaryDirectory(t);
    const seen = join(directory, 'environment');
    const credentials = JSON.stringify({
      Version: 1,
      AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      SecretAccessKey: 'example',
    });
    const script = join(directory, 'credentials');
    writeFileSync(script, `#!/bin/sh\nenv >'${seen}'\necho '${credentials}'\n`, { mode: 0o700 });
    writeFileSync(join(directory, 'config'), `[default]\ncredential_process = ${script}\n`);
    const { args } = await startSession(t);
    const program = startPiped(t, args.with(0, RESPONSE_VARIABLE), {
      env: {
        [RESPONSE_VARIABLE]: args[0],
        AWS_CONFIG_FILE: join(directory, 'config'),
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
      },
    });
    await program.stdout.until('the prompt', (text) => text.endsWith(PROMPT));
    const environment = readFileSync(seen, 'utf8');
    assert.match(environment, /^AWS_CONFIG_FILE=/m);
    assert.doesNotMatch(environment, new RegExp(RESPONSE_VARIABLE));
  });
});

describe('arguments no session can be started with', () => {
  const REASON = /^Cannot perform start session: (.*)\n$/;

  for (const [name, response, reason] of [
    ['a variable that is not set', RESPONSE_VARIABLE, /AWS_SSM_START_SESSION_RESPONSE .*not set/],
    ['broken JSON', '{"SessionId":', /not a JSON object/],
    ['no session id', '{"TokenValue":"t","StreamUrl":"wss://127.0.0.1/"}', /SessionId/],
    ['no token', '{"SessionId":"s","StreamUrl":"wss://127.0.0.1/"}', /TokenValue/],
    ['no URL', '{"SessionId":"s","TokenValue":"t"}', /StreamUrl/],
    ['a bad URL', '{"SessionId":"s","TokenValue":"t","StreamUrl":"example.com"}', /StreamUrl/],
  ] as const) {
    it(`${name}: the reason is reported`, async (t) => {
      const { status, stdout, stderr } = await run(t, [response, 'us-east-1', 'StartSession']);
      assert.equal(status, 1);
      assert.match(REASON.exec(stdout)?.[1] ?? `no such text: ${stdout}`, reason);
      assert.equal(stderr, '');
    });
  }

  it('an unencrypted URL to another machine: the reason is reported', async (t) => {
    const { aws, response, request, session } = await startSession(t);
    const unencrypted = { ...response, StreamUrl: 'ws://192.0.2.1/' };
    const { status, stdout } = await run(t, sixArguments(aws, unencrypted, request));
    assert.equal(status, 1);
    assert.match(stdout, /\nCannot perform start session: The stream URL .* wss .*\n$/);
    await session.closed;
  });
});

describe('a setting that cannot be used', () => {
  for (const name of [
    'SSM_PLUGIN_MAX_MESSAGE_RATE',
    'SSM_PLUGIN_PING_INTERVAL',
    'SSM_PLUGIN_RESUME_TIMEOUT',
  ]) {
    it(`is named: ${name}`, async (t) => {
      const { args } = await startSession(t);
      const { status, stdout, stderr } = await run(t, args, { env: { [name]: 'fast' } });
      assert.equal(status, 1);
      assert.ok(
        stdout.startsWith(
          `Cannot perform start session: ${name} is "fast", which is not a valid value. Set `,
        ),
        stdout,
      );
      assert.equal(stderr, '');
    });
  }
});
