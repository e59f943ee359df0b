import assert from 'node:assert/strict';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findTool } from '../../../../build/tool.ts';
import { makeFifo } from '../../../support/fifo.ts';
import { pathOfShell, POSIX_SHELLS } from '../../../support/posix-shells.ts';
import { needs, type Condition } from '../../../support/require-tools.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { BUSYBOX, FISH, SUDO } from '../../../support/tools.ts';
import { READY } from '../../support/remote-commands.ts';
import { TARGET } from '../../support/target.ts';
import { PRINTER, startAccount } from '../support/account.ts';
import {
  outcomeOf,
  startCommand,
  startCommandTarget,
  startTerminalCommand,
  type CommandTarget,
} from '../support/run-command.ts';

/** Every system has this user; its login shell is one that does not let it log in. */
const OTHER_USER = 'nobody';
const AS_ROOT: Condition = {
  obstacle: process.getuid?.() === 0 ? undefined : 'only root may become another user here',
};
/** Bytes that dash uses for itself (0x81 to 0x88) are in some of these characters. */
const VALUE = `it's "$HOME" \`x\` \\n\n\tÄЁ€\u{1F642}\r*  end `;

/** The tools of BusyBox, which has no runuser, and these programs beside them. */
function pathWith(t: TestContext, programs: Readonly<Record<string, string>>): string {
  const [busybox] = POSIX_SHELLS.filter(({ hasOwnTools }) => hasOwnTools);
  assert.ok(busybox !== undefined);
  const path = pathOfShell(t, busybox);
  // Other users run them, too.
  chmodSync(path, 0o755);
  for (const [name, program] of Object.entries(programs)) symlinkSync(program, join(path, name));
  return path;
}

async function startOn(t: TestContext, PATH: string): Promise<CommandTarget> {
  return startCommandTarget(t, { sessions: { agent: { environment: { PATH } } } });
}

describe('shell with variables', () => {
  for (const shell of POSIX_SHELLS) {
    it(
      `sets them, and no request has their values, with ${shell.name}`,
      needs(shell.tool),
      async (t) => {
        const target = await startOn(t, pathOfShell(t, shell));
        const args = ['shell', TARGET, '--env', `SECRET=${VALUE}`, '--env', 'FROM_HERE'];
        const command = `printf '<%s|%s>' "$SECRET" "$FROM_HERE"; exit 7`;
        const program = startCommand(t, target, [...args, '--', command], {
          env: { FROM_HERE: 'of this machine' },
        });
        const { status, stdout, stderr } = await outcomeOf(program);
        assert.equal(stderr, '');
        assert.equal(stdout.replaceAll('\r\n', '\n'), `<${VALUE}|of this machine>`);
        assert.equal(status, 7);
        const sent = JSON.stringify(target.aws.sessions[0]?.request);
        assert.doesNotMatch(sent, /it's|of this machine/);
      },
    );
  }

  it('shows none, records none, and keeps keys back until the shell runs', async (t) => {
    const target = await startCommandTarget(t);
    const file = join(temporaryDirectory(t), 'a.cast');
    const program = await startTerminalCommand(t, target, [
      'shell',
      TARGET,
      ...['--env', 'TOKEN=hunter2hunter2', '--env', 'PS1=READY> ', '--shell', 'sh'],
      ...['--record', file, '--record-input'],
    ]);
    program.type('echo typed "${#TOKEN}"\r');
    await program.screen.until('the answer', (text) => text.includes('typed 14'));
    program.type('exit 9\r');
    assert.deepEqual(await program.end(), { status: 9, settings: program.settingsBefore });
    assert.doesNotMatch(program.screen.text, /hunter2/);
    assert.match(program.screen.text, /READY> /);
    const recorded = readFileSync(file, 'utf8');
    assert.match(recorded, /typed 14/);
    assert.doesNotMatch(recorded, /hunter2/);
  });

  it('has none of them among the arguments of a process there', async (t) => {
    const target = await startCommandTarget(t);
    const command = 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " " | grep -c "hunter[3]"';
    // The program itself has its own arguments: here it takes the value from its environment.
    const program = startCommand(t, target, ['shell', TARGET, '--env', 'TOKEN', '--', command], {
      env: { TOKEN: 'hunter3' },
    });
    assert.equal((await outcomeOf(program)).stdout.trim(), '0');
  });

  it('refuses a name that no shell takes, and one that is not set here', async (t) => {
    const target = await startCommandTarget(t);
    for (const [variable, text] of [
      ['1A=b', /"1A" is not a valid name of an environment variable/],
      ['NOT_SET_HERE', /NOT_SET_HERE is not set on this machine/],
    ] as const) {
      const args = ['shell', TARGET, '--env', variable];
      const { status, stderr } = await outcomeOf(startCommand(t, target, args));
      assert.match(stderr, text);
      assert.equal(status, 255);
    }
    assert.equal(target.aws.sessions.length, 0);
  });
});

describe('shell with a program, a directory or a user', () => {
  it('runs this shell in this directory, as a login shell', async (t) => {
    const target = await startCommandTarget(t);
    const args = ['--shell', 'bash', '--login', '--dir', '/usr/bin'];
    const command = 'shopt -q login_shell && echo "login in $PWD, $0"';
    const program = startCommand(t, target, ['shell', TARGET, ...args, '--', command]);
    assert.deepEqual(await outcomeOf(program), {
      status: 0,
      stdout: 'login in /usr/bin, /usr/bin/bash\r\n',
      stderr: '',
    });
  });

  it('runs shells whose language is not that of POSIX', needs(FISH), async (t) => {
    const target = await startCommandTarget(t);
    const args = ['shell', TARGET, '--shell', 'fish', '--env', "A=it's"];
    const command = 'if true; echo $A (math 6 x 7); end';
    const program = startCommand(t, target, [...args, '--', command]);
    assert.equal((await outcomeOf(program)).stdout.trim(), "it's 42");
  });

  it('reports the status of a shell, also from a pipe', async (t) => {
    const target = await startCommandTarget(t);
    const program = startCommand(t, target, ['shell', TARGET, '--shell', 'sh']);
    program.stdin.write('exit 5\n');
    const { status, stderr } = await outcomeOf(program);
    assert.equal(status, 5);
    assert.equal(stderr, `Starting a session with ${TARGET}…\nSession with ${TARGET} ended.\n`);
  });

  for (const [how, path] of [
    ['runuser', () => process.env['PATH'] ?? ''],
    ['su', (t: TestContext) => pathWith(t, { su: '/bin/su' })],
    ['sudo', (t: TestContext) => pathWith(t, { sudo: findTool(SUDO) ?? '' })],
  ] as const) {
    it(`becomes the user by ${how}`, needs(AS_ROOT, SUDO, BUSYBOX), async (t) => {
      const target = await startOn(t, path(t));
      const args = ['--user', OTHER_USER, '--env', `SECRET=${VALUE}`];
      const command = 'echo "$(id -un) $USER $HOME $PWD"; test -t 0; printf %s "$SECRET"; exit 3';
      const program = startCommand(t, target, ['shell', TARGET, ...args, '--', command]);
      const { status, stdout } = await outcomeOf(program);
      const [first, ...value] = stdout.replaceAll('\r\n', '\n').split('\n');
      assert.match(first ?? '', new RegExp(`^${OTHER_USER} ${OTHER_USER} /\\S+ /`));
      assert.equal(value.join('\n'), VALUE);
      assert.equal(status, 3);
    });
  }

  it('has job control as another user', needs(AS_ROOT), async (t) => {
    const target = await startCommandTarget(t);
    const args = ['--user', OTHER_USER, '--shell', 'sh', '--env', 'PS1=READY> '];
    const program = await startTerminalCommand(t, target, ['shell', TARGET, ...args]);
    await program.screen.until('the prompt', (text) => text.endsWith('READY> '));
    program.type(`sh -c 'echo GO"ING"; exec cat'\r`);
    await program.screen.until('the job', (text) => text.includes('GOING'));
    program.type('\x1a');
    await program.screen.until('the stopped job', (text) => /Stopped[^]*READY> $/.test(text));
    program.type('exit\r');
    await program.screen.until('the notice', (text) => /stopped jobs[^]*READY> $/.test(text));
    program.type('exit 4\r');
    assert.equal((await program.end()).status, 4);
  });

  /** Its text is what sudo prints (sudo 1.9.13p3). */
  const denyingSudo = (t: TestContext): string => {
    const sudo = join(temporaryDirectory(t), 'sudo');
    writeFileSync(sudo, '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n');
    chmodSync(sudo, 0o755);
    return pathWith(t, { sudo });
  };

  for (const [what, args, message, path] of [
    ['a user', ['--user', 'no-such-user'], /The target has no user "no-such-user"/, undefined],
    [
      'the right to become the user',
      ['--user', OTHER_USER],
      /does not let this session's user become "nobody": sudo: a password is required\./,
      denyingSudo,
    ],
    [
      'a login shell of the user',
      ['--user', OTHER_USER],
      /The user has no login shell: .*--shell sh/,
      undefined,
    ],
    ['a program', ['--shell', 'no-such-shell'], /has no program "no-such-shell"/, undefined],
    ['the path of a program', ['--shell', '/no/shell'], /has no program "\/no\/shell"/, undefined],
    ['a directory', ['--dir', '/no/directory'], /has no directory "\/no\/directory"/, undefined],
    [
      'a variable that may be set',
      ['--env', 'UID=secret', '--shell', 'sh'],
      /could not start the shell: .*UID: (?:is )?read.?only/i,
      (t: TestContext) => {
        const [, bash] = POSIX_SHELLS;
        assert.ok(bash !== undefined);
        return pathOfShell(t, bash);
      },
    ],
  ] as const) {
    it(`fails before anything is shown for lack of ${what}`, needs(AS_ROOT, BUSYBOX), async (t) => {
      const target = await startOn(t, path?.(t) ?? process.env['PATH'] ?? '');
      const program = await startTerminalCommand(t, target, ['shell', TARGET, '--quiet', ...args]);
      assert.deepEqual(await program.end(), { status: 255, settings: program.settingsBefore });
      assert.match(program.screen.text, /^session-manager-plugin: /);
      assert.match(program.screen.text.replaceAll(/\s+/g, ' '), message);
      assert.doesNotMatch(program.screen.text, /secret/);
    });
  }

  /** It opens the pipe, and never becomes the user. */
  const hangingPath = (t: TestContext, fifo: string): string => {
    const runuser = join(temporaryDirectory(t), 'runuser');
    writeFileSync(runuser, `#!/bin/sh\necho begun >${fifo}\nexec sleep 600\n`);
    chmodSync(runuser, 0o755);
    return pathWith(t, { runuser });
  };

  it(
    'ends with Ctrl-C while the target does not become the user',
    needs(AS_ROOT, BUSYBOX),
    async (t) => {
      const fifo = makeFifo(t);
      const target = await startOn(t, hangingPath(t, fifo));
      const args = ['shell', TARGET, '--user', OTHER_USER];
      const program = await startTerminalCommand(t, target, args);
      await readFile(fifo);
      program.type('typed before\x03');
      assert.deepEqual(await program.end(), { status: 130, settings: program.settingsBefore });
      const piped = startCommand(t, target, args);
      await readFile(fifo);
      piped.kill('SIGINT');
      assert.equal((await piped.end()).status, 130);
      for (const session of target.aws.sessions) await session.closed;
    },
  );

  it('is refused for Windows, in a sentence', async (t) => {
    const account = await startAccount(t);
    const { status, stderr } = await account.run(['shell', PRINTER.id, '--user', 'deploy']);
    assert.match(
      stderr,
      /shell --user needs a POSIX shell on the target, and the target runs Wind/,
    );
    assert.equal(status, 255);
    assert.equal(account.aws.sessions.length, 0);
  });

  it('names the plain shell when its document is not allowed', async (t) => {
    const target = await startCommandTarget(t);
    const message =
      'User: arn:aws:iam::123456789012:user/local is not authorized to perform: ssm:StartSession on resource: arn:aws:ssm:us-east-1::document/AWS-StartInteractiveCommand';
    target.aws.refuse('StartSession', { status: 400, type: 'AccessDeniedException', message });
    const program = startCommand(t, target, ['shell', TARGET, '--', 'top']);
    const { status, stderr } = await outcomeOf(program);
    assert.match(stderr, /need the document AWS-StartInteractiveCommand/);
    assert.ok(stderr.endsWith(`\n  session-manager-plugin shell ${TARGET}\n`), stderr);
    assert.equal(status, 255);
  });
});

describe('shell with a command', () => {
  it('runs it in a terminal, with its keys and its status', async (t) => {
    const target = await startCommandTarget(t);
    const script = `trap 'echo interrupted; exit 5' INT; stty size; echo ${READY}; while :; do sleep 0.05; done`;
    const program = await startTerminalCommand(t, target, ['shell', TARGET, '--', script], {
      size: { cols: 91, rows: 33 },
    });
    await program.screen.until('the command', (text) => text.includes(READY));
    program.type('\x03');
    assert.deepEqual(await program.end(), { status: 5, settings: program.settingsBefore });
    assert.match(program.screen.text, /^33 91\r+\n/);
  });

  it('takes no command without --', async (t) => {
    const target = await startCommandTarget(t);
    const { status, stderr } = await outcomeOf(startCommand(t, target, ['shell', TARGET, 'top']));
    assert.match(
      stderr,
      /Unexpected argument "top"\.\n.*\nWrite a command for the target after --/,
    );
    assert.equal(status, 255);
  });
});
