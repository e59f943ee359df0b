import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { createAuthority } from '../../../network/certificate-authority.ts';
import { execFileSync } from '../../../support/child-process.ts';
import { needs } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { CURL, GIT, OPENSSL } from '../../../support/tools.ts';
import { TARGET } from '../../support/target.ts';
import {
  outcomeOf,
  startCommand,
  startCommandTarget,
  startTerminalCommand,
} from '../support/run-command.ts';
import { startHttp, startNamedHttp, agentOf } from './support/proxied.ts';
import type { ProxyEvent } from '../../../../src/commands/proxy/display/destination-events.ts';

describe('proxy --exec', { timeout: 240_000 }, () => {
  it(
    'runs a program with the variables of the proxy, and ends with its status and nothing beside its output',
    needs(CURL),
    async (t) => {
      const hosts = { 'one.internal': await startNamedHttp(t, 'one') };
      const target = await startCommandTarget(t, { sessions: { agent: agentOf(hosts) } });
      const script = 'curl -sS http://one.internal/; echo "$NO_PROXY" >&2; cat; exit 7';
      const program = startCommand(
        t,
        target,
        ['proxy', TARGET, '--exec', '--', 'sh', '-c', script],
        {
          env: { NO_PROXY: 'example.com' },
        },
      );
      program.stdin.write('input\n');
      assert.deepEqual(await outcomeOf(program), {
        status: 7,
        stdout: 'one one.internal /\ninput\n',
        stderr: 'localhost,127.0.0.1,::1,example.com\n',
      });
      for (const session of target.aws.sessions) await session.closed;
    },
  );

  it('ends with the status of a signal that ends the program, and passes signals on', async (t) => {
    const target = await startCommandTarget(t);
    const killed = startCommand(t, target, [
      'proxy',
      TARGET,
      '--exec',
      '--',
      'sh',
      '-c',
      'kill -9 $$',
    ]);
    assert.equal((await outcomeOf(killed)).status, 137);
    const script = 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done';
    const asked = startCommand(t, target, ['proxy', TARGET, '--exec', '--', 'sh', '-c', script]);
    await asked.stdout.until('the trap', (text) => text.includes('ready'));
    asked.kill('SIGTERM');
    assert.equal((await asked.end()).status, 9);
  });

  it('passes on every signal that ends programs', async (t) => {
    const target = await startCommandTarget(t);
    const traps = 'for s in INT HUP USR1; do trap "echo $s" $s; done; trap "exit 9" TERM';
    const script = `${traps}; echo ready; while :; do sleep 0.1; done`;
    const command = ['proxy', TARGET, '--exec', '--', 'bash', '-c', script];
    const program = startCommand(t, target, command);
    await program.stdout.until('the traps', (text) => text.includes('ready'));
    for (const name of ['INT', 'HUP', 'USR1'] as const) {
      program.kill(`SIG${name}`);
      await program.stdout.until(name, (text) => text.endsWith(`${name}\n`));
    }
    program.kill('SIGTERM');
    assert.equal((await program.end()).status, 9);
  });

  it('leaves the keys of a terminal to the program', async (t) => {
    const target = await startCommandTarget(t);
    const script =
      'trap "echo got it" INT; echo ready; while read line; do echo "$line"; done; exit 9';
    const program = await startTerminalCommand(t, target, [
      ...['proxy', TARGET, '--exec', '--', 'bash', '-c', script],
    ]);
    await program.screen.until('the trap', (text) => text.includes('ready'));
    program.type('\x03');
    await program.screen.until('the trap to run', (text) => text.includes('got it'));
    program.type('\x04');
    assert.equal((await program.end()).status, 9);
    assert.equal(program.screen.text.match(/got it/g)?.length, 1);
  });

  it('reports why a program cannot be started, and what to do', async (t) => {
    const target = await startCommandTarget(t);
    const directory = temporaryDirectory(t);
    const plain = join(directory, 'plain');
    writeFileSync(plain, '');
    const script = join(directory, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o700 });
    // Linux limits each variable to 128 KiB (execve(2)): with the exceptions of the proxy it is longer.
    const NO_PROXY = 'x'.repeat(131_050);
    for (const [program, reason, env] of [
      [plain, 'permission denied. Make it executable, ', {}],
      [script, 'no such file or directory. Correct its path. If it is a script, check ', {}],
      ['true', 'argument list too long. Pass shorter arguments, or unset ', { NO_PROXY }],
    ] as const) {
      const run = startCommand(t, target, ['proxy', TARGET, '--exec', '--', program], { env });
      const { status, stderr } = await outcomeOf(run);
      assert.equal(status, 255);
      assert.ok(
        stderr.startsWith(`session-manager-plugin: Cannot run "${program}": ${reason}`),
        stderr,
      );
    }
  });

  it('reports a program that does not exist, and options that do not fit', async (t) => {
    const target = await startCommandTarget(t);
    const failed = async (...args: readonly string[]): Promise<string> => {
      const { status, stderr } = await outcomeOf(
        startCommand(t, target, ['proxy', TARGET, ...args]),
      );
      assert.equal(status, 255);
      return stderr.split('\n', 1).join('');
    };
    const label = 'session-manager-plugin: ';
    assert.equal(
      await failed('--exec', '--', 'no-such-program'),
      `${label}There is no program "no-such-program" in PATH. Correct its name, or pass its path.`,
    );
    assert.equal(await failed('--exec'), `${label}There is no program to run.`);
    assert.equal(await failed('--', 'true'), `${label}A program after -- needs --exec.`);
    assert.equal(await failed('1:2:3'), `${label}"1:2:3" is not a place to listen on.`);
    assert.match(await failed('0', 'surplus'), /There is one operand too many: "surplus"\.$/);
    assert.match(
      await failed('203.0.113.1:0'),
      /203\.0\.113\.1 is not an address of this machine\./,
    );
  });

  it('warns when other machines can use it, and names an address of this machine', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['proxy', TARGET, '0.0.0.0:0']);
    await program.stdout.until('the variables', (text) => text.includes('HTTPS_PROXY='));
    assert.match(program.stdout.text, /^export HTTPS_PROXY=http:\/\/127\.0\.0\.1:\d+$/m);
    assert.match(
      program.stderr.text,
      /^Warning: port \d+ listens on 0\.0\.0\.0: other machines can use /m,
    );
  });

  it('lets git clone by HTTP', needs(GIT), async (t) => {
    const repository = createRepository(t);
    const server = await startHttp(t, repository.serve);
    await assertCloned(t, repository, server, 'http');
  });

  it('lets git clone by HTTPS, and verify the server', needs(GIT, OPENSSL), async (t) => {
    const repository = createRepository(t);
    const authority = createAuthority(repository.directory, 'authority');
    const server = createServer(authority.issue(['DNS:git.internal']), repository.serve);
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const ca = join(repository.directory, 'ca.pem');
    writeFileSync(ca, authority.certificate);
    await assertCloned(t, repository, (server.address() as AddressInfo).port, 'https', {
      GIT_SSL_CAINFO: ca,
    });
  });
});

interface Repository {
  readonly directory: string;
  readonly git: (...args: readonly string[]) => string;
  readonly serve: RequestListener;
}

/** A repository with one commit, served as plain files, which git can read. */
function createRepository(t: TestContext): Repository {
  const directory = temporaryDirectory(t);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  git('init', '--quiet', 'repository');
  git('-C', 'repository', 'commit', '--quiet', '--allow-empty', '--message', 'first');
  git('-C', 'repository', 'update-server-info');
  const serve: RequestListener = ({ url = '' }, response) => {
    try {
      const path = new URL(url, 'http://a').pathname.replace(/^\/repository\.git/, '');
      response.end(readFileSync(join(directory, 'repository/.git', path)));
    } catch {
      response.writeHead(404).end();
    }
  };
  return { directory, git, serve };
}

/** @param port - of the server that the target knows as git.internal */
async function assertCloned(
  t: TestContext,
  { directory, git }: Repository,
  port: number,
  scheme: 'http' | 'https',
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const target = await startCommandTarget(t, {
    sessions: { agent: agentOf({ 'git.internal': port }) },
  });
  const url = `${scheme}://git.internal/repository.git`;
  const clone = ['git', 'clone', '--quiet', url, join(directory, 'clone')];
  const run = await outcomeOf(
    startCommand(t, target, ['proxy', TARGET, '--exec', '--', ...clone], { env }),
  );
  assert.deepEqual(run, { status: 0, stdout: '', stderr: '' });
  assert.match(git('-C', 'clone', 'log', '--oneline'), /first/);
}

describe('proxy --json', { timeout: 120_000 }, () => {
  it('reports where it listens, and what happens to each destination', async (t) => {
    const port = await startNamedHttp(t, 'one');
    const target = await startCommandTarget(t, {
      sessions: { agent: agentOf({ 'one.internal': port }) },
    });
    const program = startCommand(t, target, ['proxy', TARGET, '0', '--json']);
    const events = (): readonly ProxyEvent[] =>
      program.stdout.text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as ProxyEvent);
    await program.stdout.until('the first event', (text) => text.includes('\n'));
    const [first] = events();
    assert.ok(first?.event === 'listening');
    assert.equal(first.pac, `http://127.0.0.1:${first.local.port}/proxy.pac`);
    assert.equal(first.variables['HTTPS_PROXY'], `http://127.0.0.1:${first.local.port}`);
    const socket = connect(first.local.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write('GET http://one.internal/ HTTP/1.1\r\nConnection: close\r\n\r\n');
    assert.match(await text(socket), /one one\.internal/);
    await program.stdout.until('the end', (shown) => shown.includes('"disconnected"'));
    program.kill('SIGTERM');
    assert.deepEqual(await program.end(), { status: 0, signal: null });
    const destinations = events().slice(1);
    assert.deepEqual(
      destinations.map(({ event }) => event),
      ['session-started', 'connected', 'disconnected', 'session-ended'],
    );
    for (const event of destinations) {
      assert.ok('destination' in event);
      assert.deepEqual(event.destination, { host: 'one.internal', port: 80 });
      assert.equal(event.target, TARGET);
    }
  });
});
