import assert from 'node:assert/strict';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { serve } from '../../network/local-server.ts';
import { createAuthority } from '../../network/certificate-authority.ts';
import { startCommandPiped, type CompletedRun } from '../../program/support/piped-program.ts';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { needs } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { CURL, DASH, OPENSSL, SHELLCHECK } from '../../support/tools.ts';
import { spawnSync } from '../../support/child-process.ts';
import { SHARED_FILES } from '../../../packaging/system/shared-files.ts';
import {
  LINUX_TARGETS,
  publishVersion,
  scriptOf,
  startReleaseSite,
  type ReleaseSite,
} from './support/release-site.ts';
import { linkedVersion, newUser, runScript, type User } from './support/run-install.ts';

const LINK = 'bin/session-manager-plugin';

describe('where install.sh installs', needs(OPENSSL, DASH, CURL), () => {
  const scope = suiteScope();
  let site: ReleaseSite;
  before(async () => {
    site = await startReleaseSite(scope);
    await publishVersion(scope, site, '1.3.0.0', LINUX_TARGETS, (tree) => {
      for (const place of Object.values(SHARED_FILES)) {
        mkdirSync(dirname(join(tree, place)), { recursive: true });
        writeFileSync(join(tree, place), place);
      }
    });
  });
  const install = (
    t: TestContext,
    user: User,
    args: readonly string[] = [],
  ): Promise<CompletedRun> => runScript(t, user, scriptOf(site, '1.3.0.0'), args);

  it('is a directory of the caller, named from the current one, with spaces and slashes at its end', async (t) => {
    const user = newUser(t, site);
    delete user.env['HOME'];
    const { status, stderr } = await install(t, { ...user, env: { ...user.env, HOME: '' } }, [
      '--dir',
      'my tools//',
    ]);
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(linkedVersion(user, join(user.home, 'my tools')), '1.3.0.0');
  });

  it('is the same by each of its names: with dots, from the root, through a link', async (t) => {
    const user = newUser(t, site);
    symlinkSync('.', join(user.home, 'link'));
    for (const directory of ['.', user.home, 'link/./tools/..', 'link']) {
      const { status, stdout, stderr } = await install(t, user, ['--dir', directory]);
      assert.deepEqual([status, stderr], [0, ''], directory);
      const lib = join(realpathSync(user.home), 'lib/session-manager-plugin');
      assert.ok(stdout.includes(` in ${lib}/1.3.0.0\n`), stdout);
      assert.equal(readlinkSync(join(user.home, LINK)), join(lib, '1.3.0.0', LINK));
    }
  });

  it('must be named where HOME is not set', async (t) => {
    const user = newUser(t, site);
    user.env['HOME'] = '';
    const { status, stderr } = await install(t, user);
    assert.deepEqual(
      [status, stderr],
      [1, 'install.sh: HOME is not set. Name a directory with --dir DIR.\n'],
    );
  });

  it('cannot be a directory that cannot be in PATH', async (t) => {
    const user = newUser(t, site);
    const colon = join(temporaryDirectory(t), 'a:b');
    mkdirSync(colon);
    const link = join(temporaryDirectory(t), 'link');
    symlinkSync(colon, link);
    for (const directory of ['a:b', 'a\nb', link]) {
      const { status, stderr } = await install(t, user, ['--dir', directory]);
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^install\.sh: PATH cannot contain a directory with a colon or a line break\./,
      );
    }
    assert.deepEqual(readdirSync(user.home), []);
  });

  it('must be a directory that can be written', async (t) => {
    const user = newUser(t, site);
    site.requests.length = 0;
    writeFileSync(join(user.home, 'file'), '');
    const { status, stderr } = await install(t, user, ['--dir', 'file/tools']);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /\ninstall\.sh: .*\/file\/tools cannot be written\. Choose another directory with --dir DIR\.\n$/,
    );
    assert.deepEqual(site.requests, []);
  });

  it('is left alone if another program has the name of the link', async (t) => {
    for (const make of [
      (path: string) => writeFileSync(path, 'another program'),
      (path: string) => symlinkSync('/opt/another/program', path),
      (path: string) => mkdirSync(path),
    ]) {
      const user = newUser(t, site);
      site.requests.length = 0;
      const link = join(user.home, '.local', LINK);
      mkdirSync(dirname(link), { recursive: true });
      make(link);
      const { status, stderr } = await install(t, user);
      assert.equal(status, 1);
      assert.equal(
        stderr,
        `install.sh: ${link} exists, and this script did not create it. Remove it, or choose another directory with --dir DIR.\n`,
      );
      assert.deepEqual(readdirSync(join(user.home, '.local')), ['bin']);
      assert.deepEqual(site.requests, []);
    }
  });

  it('is the same when the script comes through a pipe', async (t) => {
    const user = newUser(t, site);
    const run = startCommandPiped(t, ['dash', '-s', '--', '--dir', 'tools'], {
      env: user.env,
      directory: user.home,
    });
    run.stdin.end(scriptOf(site, '1.3.0.0'));
    assert.deepEqual(await run.end(), { status: 0, signal: null });
    assert.equal(linkedVersion(user, join(user.home, 'tools')), '1.3.0.0');
  });

  it('has the manual page and completions where man, bash and fish look, and keeps those of other products', async (t) => {
    const user = newUser(t, site);
    const shared = join(user.home, '.local/share');
    const fish = join(shared, 'fish/vendor_completions.d/session-manager-plugin.fish');
    mkdirSync(dirname(fish), { recursive: true });
    writeFileSync(fish, 'another product');
    assert.equal((await install(t, user)).status, 0);
    for (const [place, source] of [
      ['man/man1/session-manager-plugin.1', SHARED_FILES.manual],
      ['bash-completion/completions/session-manager-plugin', SHARED_FILES.bash],
    ] as const) {
      assert.equal(readFileSync(join(shared, place), 'utf8'), source);
    }
    assert.equal(readFileSync(fish, 'utf8'), 'another product');
  });

  it('is compared with PATH: it is there, another installation is first, or it is not there', async (t) => {
    const user = newUser(t, site);
    const bin = join(user.home, '.local', 'bin');
    const { PATH = '' } = user.env;
    user.env['PATH'] = `${PATH}:${bin}`;
    assert.match((await install(t, user)).stdout, /\nRun: session-manager-plugin\n$/);

    const other = join(temporaryDirectory(t), 'session-manager-plugin');
    writeFileSync(other, '#!/bin/sh\n', { mode: 0o755 });
    user.env['PATH'] = `${dirname(other)}:${PATH}:${bin}`;
    const { stdout } = await install(t, user);
    assert.ok(
      stdout.includes(`\nPATH finds another installation first: ${other}\nAdd this line`),
      stdout,
    );

    user.env['PATH'] = PATH;
    assert.doesNotMatch((await install(t, user)).stdout, /another installation|Run:/);
  });

  it('keeps what is installed when the user interrupts the download', async (t) => {
    const user = newUser(t, site);
    await install(t, user);
    const authority = createAuthority(temporaryDirectory(t), 'slow site');
    let onRequest = (): void => undefined;
    const requested = new Promise<void>((resolve) => (onRequest = resolve));
    const port = await serve(t, () => onRequest(), authority.issue(['DNS:localhost']));
    const slow = { ...site, downloads: `https://localhost:${port}/plugin` };
    const file = join(temporaryDirectory(t), 'install.sh');
    writeFileSync(file, scriptOf(slow, '1.3.0.0'));
    const env = { ...user.env, SSL_CERT_FILE: authority.file };
    const run = startCommandPiped(t, ['dash', file], { env });
    await requested;
    // As the terminal does: to the shell and to what it runs.
    process.kill(-run.pid, 'SIGINT');
    assert.deepEqual(await run.end(), { status: 130, signal: null });
    assert.equal(linkedVersion(user), '1.3.0.0');
    assert.deepEqual(readdirSync(join(user.home, '.local/lib/session-manager-plugin')), [
      '1.3.0.0',
    ]);
    assert.ok(readlinkSync(join(user.home, '.local', LINK)).endsWith(LINK));
  });
});

describe('the command line of install.sh', needs(OPENSSL, DASH, CURL), () => {
  const scope = suiteScope();
  let site: ReleaseSite;
  before(async () => {
    site = await startReleaseSite(scope);
    await publishVersion(scope, site, '1.3.0.0', LINUX_TARGETS);
  });

  it('has a help', async (t) => {
    for (const option of ['-h', '--help']) {
      const { status, stdout, stderr } = await runScript(
        t,
        newUser(t, site),
        scriptOf(site, '1.3.0.0'),
        [option],
      );
      assert.deepEqual([status, stderr], [0, '']);
      assert.match(stdout, /^usage: sh install\.sh \[--version VERSION\] \[--dir DIR\]\n/);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    }
  });

  for (const [args, message] of [
    [['--dir'], '--dir needs a value.'],
    [['--dir='], '--dir needs a directory.'],
    [
      ['--version', '1.3.0.0/../..'],
      '"1.3.0.0/../.." is not a version. Use a number such as 1.3.0.0.',
    ],
    [['--version='], '"" is not a version. Use a number such as 1.3.0.0.'],
    [['--verison', '1'], 'There is no option --verison.'],
    [['1.3.0.0'], 'There is no option 1.3.0.0.'],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async (t) => {
      const user = newUser(t, site);
      const { status, stdout, stderr } = await runScript(t, user, scriptOf(site, '1.3.0.0'), args);
      assert.deepEqual([status, stdout], [2, '']);
      assert.ok(stderr.startsWith(`install.sh: ${message}\nusage: `), stderr);
      assert.deepEqual(readdirSync(user.home), []);
    });
  }

  it('is read by a script without faults that shellcheck finds', needs(SHELLCHECK), (t) => {
    const file = join(temporaryDirectory(t), 'install.sh');
    writeFileSync(file, scriptOf(site, '1.3.0.0'));
    const { status, stdout } = spawnSync('shellcheck', [file], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
});
