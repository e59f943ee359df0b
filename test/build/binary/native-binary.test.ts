import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { binaryOf } from '../../packaging/support/binaries.ts';
import { startCommandPiped } from '../../program/support/piped-program.ts';
import { programEnvironment, type Environment } from '../../program/support/program.ts';
import { startSession } from '../../program/support/target.ts';
import { logEverything } from '../../resilience/support/seelog-file.ts';
import { INSTALLED, VERSION } from '../../support/product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { spawnSync } from '../../support/child-process.ts';
import { NATIVE_BINARIES } from './support/native-binaries.ts';

function run(command: readonly string[], env: Environment = {}) {
  const [file = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(file, args, {
    env: programEnvironment(env),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** A configuration of OpenSSL that loads code (config(5)); Node.js does not start with it. */
const OPENSSL_CONFIGURATION = `nodejs_conf = loads
[loads]
providers = named
[named]
foreign = foreign_settings
[foreign_settings]
module = /nonexistent/foreign.so
activate = 1
`;

/** Variables that make Node.js fail, talk, listen or write files. */
function hostileEnvironment(directory: string, opensslConfiguration: string): Environment {
  return {
    NODE_OPTIONS: '--require /nonexistent --inspect=127.0.0.1:0',
    NODE_DEBUG: 'http,https,net,tls,module,stream,timer',
    NODE_DEBUG_NATIVE: 'SEA,MKSNAPSHOT,CODE_CACHE,INSPECTOR_SERVER',
    NODE_V8_COVERAGE: join(directory, 'coverage'),
    NODE_COMPILE_CACHE: join(directory, 'compile-cache'),
    NODE_COMPILE_CACHE_READONLY: '1',
    NODE_BENCH_CONTEXT: 'child',
    NODE_REDIRECT_WARNINGS: join(directory, 'warnings'),
    NODE_REPL_EXTERNAL_MODULE: '/nonexistent',
    NODE_ICU_DATA: '/nonexistent',
    NODE_EXTRA_CA_CERTS: '/nonexistent',
    NODE_PENDING_DEPRECATION: '1',
    NODE_UNIQUE_ID: '1',
    NODE_CHANNEL_FD: '77',
    NODE_PATH: directory,
    NODE_USE_ENV_PROXY: '1',
    OPENSSL_CONF: opensslConfiguration,
    OPENSSL_MODULES: directory,
    OPENSSL_ENGINES: directory,
  };
}

for (const { target, through } of NATIVE_BINARIES) {
  describe(`the native binary for ${target}`, () => {
    const commandOf = (t: TestContext): readonly string[] | undefined => {
      const binary = binaryOf(t, target);
      return binary === undefined ? undefined : [...through, binary];
    };

    it('prints that it is installed, and its version', (t) => {
      const command = commandOf(t);
      if (command === undefined) return;
      assert.deepEqual(run(command), { status: 0, stdout: INSTALLED, stderr: '' });
      assert.deepEqual(run([...command, '--version']), {
        status: 0,
        stdout: `${VERSION}\n`,
        stderr: '',
      });
    });

    it('runs a session whatever Node.js would make of the environment', async (t) => {
      const command = commandOf(t);
      if (command === undefined) return;
      const directory = temporaryDirectory(t);
      const configuration = join(temporaryDirectory(t), 'openssl.cnf');
      writeFileSync(configuration, OPENSSL_CONFIGURATION);
      const env = hostileEnvironment(directory, configuration);
      assert.deepEqual(run(command, env), { status: 0, stdout: INSTALLED, stderr: '' });

      const { args } = await startSession(t);
      const program = startCommandPiped(t, [...command, ...args], { env });
      program.stdin.end('echo $((6 * 7))\nexit\n');
      assert.deepEqual(await program.end(), { status: 0, signal: null });
      assert.match(program.stdout.text, /^42\r$/m);
      assert.equal(program.stderr.text, '');
      assert.deepEqual(readdirSync(directory), []);
    });

    it('opens no debugger on SIGUSR1, and ends as on SIGTERM', async (t) => {
      const command = commandOf(t);
      if (command === undefined) return;
      const { args } = await startSession(t);
      const program = startCommandPiped(t, [...command, ...args]);
      await program.stdout.until('the start', (text) => text.includes('Starting session'));
      program.kill('SIGUSR1');
      assert.deepEqual(await program.end(), { status: 138, signal: null });
      assert.match(program.stdout.text, /Exiting session with sessionId: /);
    });

    it('takes no argument for one of Node.js', (t) => {
      const command = commandOf(t);
      if (command === undefined) return;
      for (const argument of ['--inspect', '-e', '--eval=1', '-p', '--v8-options']) {
        const { status, stdout, stderr } = run([...command, argument]);
        assert.equal(status, 1, argument);
        assert.match(stdout, new RegExp(`^\\nUnknown operation ${argument}\\. \\n`));
        assert.equal(stderr, '');
      }
    });

    it('reads the logging configuration of the directory it is installed in', async (t) => {
      const command = commandOf(t);
      if (command === undefined) return;
      const installed = join(temporaryDirectory(t), 'with a space');
      mkdirSync(join(installed, 'bin'), { recursive: true });
      const program = join(installed, 'bin', 'session-manager-plugin');
      copyFileSync(command.at(-1) ?? '', program);
      const { log } = logEverything(installed);
      const { args, response } = await startSession(t);
      const session = startCommandPiped(t, [...through, program, ...args]);
      session.stdin.end('exit\n');
      await session.end();
      assert.match(log(), /INFO/);
      assert.ok(!log().includes(response.TokenValue));
    });
  });
}
