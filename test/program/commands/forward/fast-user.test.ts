import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { needs, type Condition } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { SUDO } from '../../../support/tools.ts';
import { closedLocally, connectLocally } from '../../port/support/local-program.ts';
import { TARGET } from '../../support/target.ts';
import { nameAt, startNamed, untilEvent } from '../support/forwarding.ts';
import { pathWithout } from '../support/path-without.ts';
import {
  outcomeOf,
  startCommand,
  startCommandTarget,
  type CommandTarget,
} from '../support/run-command.ts';
import { LOCALHOST } from '../../../support/localhost.ts';

/** Every system has this user. */
const OTHER_USER = 'nobody';
/** No system has this one: that a sudo of a test becomes it shows that nothing looks for it before. */
const NO_USER = "o'user";
const AS_ROOT: Condition = {
  obstacle: process.getuid?.() === 0 ? undefined : 'only root may become another user here',
};

function startOn(t: TestContext, PATH: string): Promise<CommandTarget> {
  return startCommandTarget(t, { sessions: { agent: { environment: { PATH } } } });
}

/** A PATH with this script for sudo before everything else. */
function pathWithSudo(t: TestContext, script: string): { readonly path: string; log(): string } {
  const directory = temporaryDirectory(t);
  const sudo = join(directory, 'sudo');
  writeFileSync(sudo, `#!/bin/sh\necho "$1 $2 $3" >>"$0.log"\n${script}`);
  chmodSync(sudo, 0o755);
  return {
    path: `${directory}:${process.env['PATH'] ?? ''}`,
    log: () => readFileSync(`${sudo}.log`, 'utf8'),
  };
}

/** Texts of sudo 1.9.13p3 in C; the first is a warning. */
const REFUSALS = {
  password:
    'sudo: unable to resolve host web: Name or service not known\nsudo: a password is required',
  rules: "Sorry, user ssm-user is not allowed to execute '/usr/bin/sh -c :' as nobody on web.",
} as const;

const refusing = (t: TestContext, text: string): string =>
  pathWithSudo(t, `cat <<'END' >&2\n${text}\nEND\nexit 1\n`).path;

/** What the target lacks, the sentence about it, the user, and the PATH there. */
const LACKS: readonly (readonly [
  name: string,
  sentence: string,
  user: string,
  path: (t: TestContext) => string,
])[] = [
  [
    'a sudo that wants no password',
    'The target does not let this session\'s user become "nobody": sudo: a password is required. It needs sudo without a password. Check the sudoers file on the target, or leave out --user.',
    OTHER_USER,
    (t) => refusing(t, REFUSALS.password),
  ],
  [
    'a rule of sudo for the user',
    `The target does not let this session's user become "nobody": ${REFUSALS.rules} It needs sudo without a password. Check the sudoers file on the target, or leave out --user.`,
    OTHER_USER,
    (t) => refusing(t, REFUSALS.rules),
  ],
  [
    'the user',
    'The target has no user "o\'user". To list its users, run `getent passwd` there.',
    NO_USER,
    (t) => refusing(t, `sudo: unknown user ${NO_USER}`),
  ],
  [
    'sudo',
    'The target has no sudo, which the session needs to become "nobody". Install sudo there, or leave out --user.',
    OTHER_USER,
    (t) => pathWithout(t, /^sudo$/),
  ],
];

describe('forward --user', { timeout: 120_000, ...needs(LOCALHOST) }, () => {
  it('runs the relay by sudo, also without --fast', async (t) => {
    const service = await startNamed(t, 'service');
    const sudo = pathWithSudo(t, 'shift 3\nexec "$@"\n');
    const target = await startOn(t, sudo.path);
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--user', NO_USER, `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    assert.equal(await nameAt(t, local.port), 'service');
    assert.match(sudo.log(), /^(?:-n -u o'user\n)+$/);
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
    for (const session of target.aws.sessions) await session.closed;
  });

  it('uses sockets as the user, by the sudo of the system', needs(SUDO, AS_ROOT), async (t) => {
    const directory = temporaryDirectory(t);
    chmodSync(directory, 0o755);
    const sockets = { open: 0o666, closed: 0o600 };
    for (const [name, mode] of Object.entries(sockets)) {
      const server = createServer((socket) => socket.end(name));
      t.after(() => server.close());
      await once(server.listen(join(directory, name)), 'listening');
      chmodSync(join(directory, name), mode);
    }
    const answers = async (user: string): Promise<readonly string[]> => {
      const target = await startCommandTarget(t);
      const given: string[] = [];
      for (const name of Object.keys(sockets)) {
        const program = startCommand(t, target, [
          ...['forward', TARGET, '--json', '--user', user, `0:${join(directory, name)}`],
        ]);
        const { local } = await untilEvent(program, 'listening');
        if (user === OTHER_USER && name === 'closed') {
          await closedLocally(await connectLocally(t, { port: local.port, host: '127.0.0.1' }));
          await untilEvent(program, 'destination-failed');
        } else given.push(await nameAt(t, local.port));
        program.kill('SIGINT');
        assert.equal((await program.end()).status, 0);
      }
      return given;
    };
    assert.deepEqual(await answers(OTHER_USER), ['open']);
    assert.deepEqual(await answers('root'), ['open', 'closed']);
  });

  it('needs no sudo for the user of the session', needs(AS_ROOT), async (t) => {
    const service = await startNamed(t, 'service');
    const target = await startOn(t, pathWithout(t, /^sudo$/));
    const program = startCommand(t, target, [
      ...['forward', TARGET, '--json', '--user', 'root', `0:${service.port}`],
    ]);
    const { local } = await untilEvent(program, 'listening');
    assert.equal(await nameAt(t, local.port), 'service');
    program.kill('SIGINT');
    assert.equal((await program.end()).status, 0);
  });

  for (const [lack, sentence, user, path] of LACKS) {
    it(`fails for lack of ${lack}, and never uses the agent's ports`, async (t) => {
      const target = await startOn(t, path(t));
      for (const args of [
        ['forward', TARGET, '0:80', '--fast=auto'],
        ['forward', TARGET, '-R', '0:80'],
        ['proxy', TARGET, '0', '--fast=auto'],
      ]) {
        const { status, stdout, stderr } = await outcomeOf(
          startCommand(t, target, [...args, '--user', user]),
        );
        assert.ok(stderr.endsWith(`session-manager-plugin: ${sentence}\n`), stderr);
        assert.equal(stdout, '');
        assert.equal(status, 255);
      }
      for (const { request } of target.aws.sessions) {
        assert.match(request.DocumentName ?? '', /^AWS-Start(?:Nonint|Int)eractiveCommand$/i);
      }
    });
  }

  it('ends an on-demand port when its first tunnel finds no sudo', async (t) => {
    const target = await startOn(t, pathWithout(t, /^sudo$/));
    const program = startCommand(t, target, [
      ...['forward', TARGET, '0:80', '--json', '--on-demand', '--user', OTHER_USER],
    ]);
    const { local } = await untilEvent(program, 'listening');
    await closedLocally(await connectLocally(t, { port: local.port, host: '127.0.0.1' }));
    assert.equal((await program.end()).status, 255);
    assert.match(program.stderr.text, /The target has no sudo/);
  });

  for (const command of [
    ['forward', TARGET, '0:80'],
    ['proxy', TARGET, '0'],
  ]) {
    for (const user of ['', '-s']) {
      it(`refuses "${user}" as a user of ${command[0] ?? ''}`, async (t) => {
        const target = await startCommandTarget(t);
        const { status, stderr } = await outcomeOf(
          startCommand(t, target, [...command, `--user=${user}`]),
        );
        assert.match(
          stderr,
          /--user[^]*Pass a value that is not empty and does not begin with -\./,
        );
        assert.equal(status, 255);
        assert.deepEqual(target.aws.sessions, []);
      });
    }
  }
});
