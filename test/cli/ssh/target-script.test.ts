import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  ADDED_KEY_SECONDS,
  targetScript,
  type TargetQuestion,
} from '../../../src/cli/ssh/target-script.ts';
import { until } from '../../session/port/support/local-programs.ts';
import { execFileSync, spawn } from '../../support/child-process.ts';
import { makeFifo } from '../../support/fifo.ts';
import { pathOfShell, POSIX_SHELLS, type PosixShell } from '../../support/posix-shells.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const KEY = `ssh-ed25519 ${'A'.repeat(68)}`;
const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMTd32L1IZUslL';
const USER = userInfo().username;
const ROOT = {
  program: 'sh',
  debianPackage: 'dash',
  obstacle: process.getuid?.() === 0 ? undefined : 'only root can be another user',
};

/** A target with an SSH server. */
interface Target {
  readonly directory: string;
  /** The file of authorized keys, in a directory of its own. */
  readonly keys: string;
  /** Runs the script; its facts, in their order. */
  ask(question?: Partial<TargetQuestion>): Promise<readonly string[]>;
  /** Ends the time of that many keys, and waits until their lines are removed. */
  expire(count: number): Promise<void>;
  /** The lines of the file. */
  lines(): readonly string[];
}

/** @param settings - further lines of `sshd -T` */
function startTarget(
  t: TestContext,
  shell: PosixShell,
  {
    version = 'OpenSSH_9.2p1 Debian-2',
    settings: further = '',
    files = '',
    programs = {},
    user = USER,
  } = {},
): Target {
  const directory = temporaryDirectory(t);
  const bin = join(directory, 'bin');
  const home = join(directory, 'home');
  const keys = join(home, 'keys');
  mkdirSync(bin);
  mkdirSync(home);
  writeFileSync(join(directory, 'host.pub'), `${HOST_KEY} root@target\n`);
  const fifo = makeFifo(t);
  // Open on both sides: no end of it waits for the other, and no reader sees its end.
  const wakeUp = openSync(fifo, 'r+');
  let sleeping = 0;
  const wake = (count: number): void => {
    writeSync(wakeUp, '\n'.repeat(count));
    sleeping -= count;
  };
  t.after(() => {
    if (sleeping > 0) wake(sleeping);
    closeSync(wakeUp);
  });
  const settings = [
    'port 22',
    `hostkey ${directory}/host`,
    `authorizedkeysfile ${files}${keys}`,
    further,
  ];
  const own: Readonly<Record<string, string>> = {
    // One second is for a lock.
    sleep: `[ $1 != 1 ] || exec /bin/sleep 0.01\nread -r line <${fifo}`,
    // Without an address and a port, it refuses files with Match for these (tried with OpenSSH 9.2).
    sshd: `
case $1 in
  -V) echo '${version}, OpenSSL 3.0.17' >&2 ;;
  -T) case $3 in *,laddr=127.0.0.1,lport=22) printf '%s\\n' ${settings.map((line) => `'${line}'`).join(' ')} ;; esac ;;
esac`,
    ...programs,
  };
  for (const [name, script] of Object.entries(own)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const path = pathOfShell(t, shell);
  // Other users run the shell, too.
  chmodSync(path.split(':')[0] ?? '', 0o711);
  const env = { PATH: `${bin}:${path}`, HOME: home };
  const lines = (): readonly string[] => readFileSync(keys, 'latin1').split('\n').slice(0, -1);
  return {
    ...{ directory, keys, lines },
    async ask(question = {}) {
      const mark = randomBytes(16).toString('hex');
      const script = targetScript({ user, publicKey: KEY, always: true, mark, ...question });
      const child = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      child.stdout.on('data', (data: Buffer) => (output += data.toString()));
      child.stderr.resume();
      await once(child, 'close');
      const facts = output.split('\n').slice(0, -1);
      if (facts.includes('added=yes')) sleeping++;
      return facts;
    },
    async expire(count) {
      const expected = lines().length - count;
      wake(count);
      await until(() => lines().length === expected);
    },
  };
}

for (const shell of POSIX_SHELLS) {
  describe(`a target asked by ${shell.name}`, needs(shell.tool), () => {
    it('reports its host keys and the user, adds the key for a time, and removes it', async (t) => {
      const target = startTarget(t, shell);
      writeFileSync(target.keys, 'own', { mode: 0o640 });
      const before = Math.floor(Date.now() / 1000);
      assert.deepEqual(await target.ask(), [
        `user=${USER}`,
        `hostkey=${HOST_KEY}`,
        'connect=no',
        'exists=yes',
        'added=yes',
      ]);
      const [own, line = '', ...others] = target.lines();
      assert.deepEqual([own, others], ['own', []]);
      const [, date = '', end = ''] =
        /^expiry-time="(\d{14})" ssh-ed25519 A{68} session-manager-plugin-(\d{10})-/.exec(line) ??
        [];
      assert.ok(Number(end) >= before + ADDED_KEY_SECONDS);
      // In the time zone of the target, which is that of this machine (sshd(8)).
      const [, ...parts] = /^(....)(..)(..)(..)(..)(..)$/.exec(date) ?? [];
      const [year = 0, month = 0, ...rest] = parts.map(Number);
      const [day = 0, hour = 0, minute = 0, second = 0] = rest;
      const time = new Date(year, month - 1, day, hour, minute, second).getTime();
      assert.equal(time, Number(end) * 1000);
      await target.expire(1);
      assert.deepEqual(target.lines(), ['own']);
      assert.equal(statSync(target.keys).mode & 0o777, 0o640);
      const home = join(target.directory, 'home');
      // The lock of a shell without flock.
      await until(() => readdirSync(home).length === 1);
      assert.deepEqual(readdirSync(home), ['keys']);
    });

    it('loses no line when several runs add and remove at the same time', async (t) => {
      const target = startTarget(t, shell);
      writeFileSync(target.keys, 'own\n\xff\xfe binary\n', 'latin1');
      await Promise.all(Array.from({ length: 8 }, () => target.ask()));
      const lines = target.lines();
      assert.deepEqual(lines.slice(0, 2), ['own', '\xff\xfe binary']);
      assert.equal(new Set(lines.slice(2)).size, 8);
      await target.expire(8);
      assert.deepEqual(target.lines(), ['own', '\xff\xfe binary']);
    });

    it('makes the file that is missing, for its user alone', async (t) => {
      const target = startTarget(t, shell, { settings: '' });
      assert.equal((await target.ask()).at(-1), 'added=yes');
      assert.equal(statSync(target.keys).mode & 0o777, 0o600);
      assert.equal(target.lines().length, 1);
    });

    it('removes what a restart has left, and changes nothing else', async (t) => {
      const target = startTarget(t, shell);
      const mark = 'a'.repeat(32);
      const left = `ssh-ed25519 BBBB session-manager-plugin-1700000000-${mark}`;
      const valid = `ssh-ed25519 CCCC session-manager-plugin-4000000000-${mark}`;
      const like = `# session-manager-plugin-1700000000-${mark} of before`;
      writeFileSync(target.keys, [left, valid, like, ''].join('\n'));
      await target.ask();
      assert.deepEqual(target.lines().slice(0, 2), [valid, like]);
      assert.equal(target.lines().length, 3);
    });

    it('adds no time where sshd does not know it, and removes the line nevertheless', async (t) => {
      // expiry-time came with OpenSSH 7.7 (its release notes); older ones refuse the whole line.
      const target = startTarget(t, shell, { version: 'OpenSSH_7.4p1' });
      await target.ask();
      assert.match(target.lines()[0] ?? '', /^ssh-ed25519 A{68} session-manager-plugin-/);
      await target.expire(1);
      assert.deepEqual(target.lines(), []);
    });

    it('does not wait for a lock that a restart has left', async (t) => {
      const target = startTarget(t, shell);
      const lock = `${target.keys}.lock`;
      mkdirSync(lock);
      utimesSync(lock, 0, 0);
      assert.equal((await target.ask()).at(-1), 'added=yes');
    });

    it('follows a link to the file, and keeps it', async (t) => {
      const target = startTarget(t, shell);
      const file = join(target.directory, 'dotfiles');
      writeFileSync(file, 'own\n');
      symlinkSync(file, target.keys);
      await target.ask();
      assert.match(readFileSync(file, 'utf8'), /[0-9a-f]{32}\n$/);
      await target.expire(1);
      assert.equal(readFileSync(file, 'utf8'), 'own\n');
    });

    it('changes files as their user, whose links lead no further', needs(ROOT), async (t) => {
      const target = startTarget(t, shell, { user: 'nobody' });
      const home = join(target.directory, 'home');
      const file = join(target.directory, 'of-root');
      const [uid = 0, gid = 0] = ['-u', '-g'].map((option) =>
        Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' })),
      );
      chownSync(home, uid, gid);
      chmodSync(target.directory, 0o711);
      writeFileSync(file, 'root\n', { mode: 0o600 });
      symlinkSync(file, target.keys);
      assert.match((await target.ask()).at(-1) ?? '', /^added=(?!yes)/);
      assert.equal(readFileSync(file, 'utf8'), 'root\n');
      rmSync(target.keys);
      assert.equal((await target.ask()).at(-1), 'added=yes');
      // For this user, sleep cannot open its pipe: the time has passed at once.
      await until(() => target.lines().length === 0);
      assert.equal(statSync(target.keys).uid, uid);
    });

    it('reports why it cannot add the key', async (t) => {
      const target = startTarget(t, shell);
      mkdirSync(target.keys);
      assert.match((await target.ask()).at(-1) ?? '', /^added=.*directory/i);
    });

    it('waits for no pipe, and leaves a link to nothing as it is', async (t) => {
      const fifo = makeFifo(t);
      const target = startTarget(t, shell);
      symlinkSync(fifo, target.keys);
      assert.match((await target.ask()).at(-1) ?? '', /^added=.*device/);
      const broken = startTarget(t, shell);
      const nowhere = join(broken.directory, 'no', 'file');
      symlinkSync(nowhere, broken.keys);
      assert.match((await broken.ask()).at(-1) ?? '', /^added=.*broken link/);
      assert.equal(readlinkSync(broken.keys), nowhere);
    });

    it('adds the key to the first file that can be changed', async (t) => {
      const files = join(temporaryDirectory(t), 'none');
      mkdirSync(files);
      const target = startTarget(t, shell, { files: `${files} ` });
      assert.equal((await target.ask()).at(-1), 'added=yes');
      assert.equal(target.lines().length, 1);
    });

    it('adds no key to a file that could not be replaced', async (t) => {
      // As on a full disk, and in a directory that only root may change.
      const cp = 'echo "cp: No space left on device" >&2; exit 1';
      const target = startTarget(t, shell, { programs: { cp } });
      writeFileSync(target.keys, 'own\n');
      assert.equal((await target.ask()).at(-1), 'added=cp: No space left on device');
      assert.deepEqual(target.lines(), ['own']);
    });

    it('keeps the lines of the user when sed loses them without an error', async (t) => {
      // The one of BusyBox 1.35 with a full disk: `busybox sed '' FILE >/dev/full` returns 0.
      const sed = 'case $1 in */d) exit 0 ;; esac\nPATH=${PATH#*:} exec sed "$@"';
      const target = startTarget(t, shell, { programs: { sed, sleep: 'exit 0' } });
      const left = `ssh-ed25519 BBBB session-manager-plugin-1700000000-${'a'.repeat(32)}`;
      writeFileSync(target.keys, ['own', 'second', left, ''].join('\n'));
      assert.equal((await target.ask()).at(-1), 'added=yes');
      assert.deepEqual(target.lines().slice(0, 3), ['own', 'second', left]);
    });

    it('removes the line later when that fails', async (t) => {
      const sed = `case $1 in */d) [ -e "$0.failed" ] || { : >"$0.failed"; exit 1; } ;; esac
PATH=\${PATH#*:} exec sed "$@"`;
      const target = startTarget(t, shell, { programs: { sed, sleep: 'exit 0' } });
      writeFileSync(target.keys, 'own\n');
      assert.equal((await target.ask()).at(-1), 'added=yes');
      await until(() => target.lines().length === 1);
      assert.deepEqual(target.lines(), ['own']);
    });

    it('reads a host key whose public file is missing', async (t) => {
      const target = startTarget(t, shell, {
        programs: {
          'ssh-keygen': `[ "$*" = "-y -f $(dirname "$0")/../host" ] || echo "${HOST_KEY}"`,
        },
      });
      rmSync(join(target.directory, 'host.pub'));
      assert.equal((await target.ask())[1], `hostkey=${HOST_KEY}`);
    });

    it('adds nothing where sshd asks EC2 Instance Connect, unless it has to', async (t) => {
      const settings = 'authorizedkeyscommand /opt/aws/bin/eic_run_authorized_keys %u %f';
      const target = startTarget(t, shell, { settings });
      assert.deepEqual((await target.ask({ always: false })).slice(2), [
        'connect=yes',
        'exists=yes',
      ]);
      assert.equal((await target.ask({ always: true })).at(-1), 'added=yes');
    });

    it('finds the default user of the image, which is not root', async (t) => {
      // `id -u NAME` prints the number of a user, and fails for one that does not exist.
      const id =
        'case $2 in ubuntu) echo 0 ;; debian) echo 1000 ;; "") echo 0 ;; *) exit 1 ;; esac';
      const target = startTarget(t, shell, { programs: { id } });
      assert.equal((await target.ask({ user: '', publicKey: undefined }))[0], 'user=debian');
    });

    it('reports a user that does not exist, and adds nothing', async (t) => {
      const target = startTarget(t, shell);
      const facts = await target.ask({ user: 'no-such-user' });
      assert.deepEqual(facts, ['user=no-such-user', `hostkey=${HOST_KEY}`, 'connect=no']);
    });
  });
}
