import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { runTool, type Tool } from '../../../build/tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runInstall, unpackBundle, type InstallRun } from './support/bundle-install.ts';
import { requireTools } from '../../support/require-tools.ts';
import { UNZIP, ZSH } from '../../support/tools.ts';

const FILES = [
  ...['LICENSE', 'NOTICE', 'README.md', 'RELEASENOTES.md', 'THIRD-PARTY', 'VERSION', 'bin'],
  ...['bin/session-manager-plugin', 'seelog.xml.template', 'share', 'share/completions'],
  'share/completions/_session-manager-plugin',
  ...['bash', 'fish'].map((shell) => `share/completions/session-manager-plugin.${shell}`),
  ...['share/man', 'share/man/man1', 'share/man/man1/session-manager-plugin.1'],
];

/** Every way of running a Python or shell script that the install guide or a user may choose. */
const INTERPRETERS: readonly (readonly [string, readonly string[], Tool])[] = [
  ['by itself', [], { program: '/bin/sh', debianPackage: 'dash' }],
  ['sh', ['sh'], { program: 'sh', debianPackage: 'dash' }],
  ['dash', ['/bin/dash'], { program: '/bin/dash', debianPackage: 'dash' }],
  // What /bin/sh is on macOS, as far as its version lets it be.
  ['bash', ['bash', '--posix'], { program: 'bash', debianPackage: 'bash' }],
  // What a terminal of macOS runs: some variables, such as `path`, mean something else there.
  ['zsh', ['zsh'], ZSH],
  // A warning of Python would be an error here.
  ['python3', ['python3', '-W', 'error'], { program: 'python3', debianPackage: 'python3' }],
];

interface Places {
  readonly directory: string;
  readonly link: string;
}

function places(t: TestContext): Places {
  const root = temporaryDirectory(t);
  chmodSync(root, 0o755);
  return { directory: join(root, 'plugin'), link: join(root, 'bin', 'session-manager-plugin') };
}

function install(bundle: string, { directory, link }: Places): InstallRun {
  return runInstall(join(bundle, 'install'), ['-i', directory, '-b', link]);
}

function assertInstalled({ directory, link }: Places): void {
  const found = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  assert.deepEqual(found, FILES);
  for (const name of FILES) {
    const stat = lstatSync(join(directory, name));
    const isOpen = stat.isDirectory() || name === 'bin/session-manager-plugin';
    assert.equal((stat.mode & 0o777).toString(8), isOpen ? '755' : '644', name);
  }
  assert.equal((statSync(directory).mode & 0o777).toString(8), '755');
  assert.equal(readlinkSync(link), join(directory, 'bin/session-manager-plugin'));
  assert.match(
    runTool({ program: link, debianPackage: '' }, []).toString('utf8'),
    /installed successfully/,
  );
}

/** The files that the log is written to, as in the template. */
function logFiles(directory: string): string[] {
  const collect = (element: XmlElement): string[] => [
    ...(element.name === 'rollingfile' ? [element.attributes['filename'] ?? ''] : []),
    ...element.children.flatMap((child) => (child instanceof XmlElement ? collect(child) : [])),
  ];
  const { root } = parseXml(readFileSync(join(directory, 'seelog.xml.template'), 'utf8'));
  return root === null ? [] : collect(root);
}

for (const [name, interpreter, tool] of INTERPRETERS) {
  it(`install, run ${name}: everything is where it belongs, whatever the paths are`, async (t) => {
    if (!requireTools(t, UNZIP, tool)) return;
    const bundle = await unpackBundle(t, { into: 'my "down" loads & $more' });
    const root = temporaryDirectory(t);
    const directory = join(root, `it's | <a> "path" & \\1 $HOME`, 'session manager');
    const link = join(root, 'new directory', 'session-manager-plugin');
    const args = ['-i', directory, '-b', link];
    const run = runInstall(join(bundle, 'install'), args, { interpreter });
    assert.equal(run.stderr, '');
    assert.equal(
      run.stdout,
      `The Session Manager plugin 1.2.3.4 is installed in ${directory}\nYou can now run: ${link}\n`,
    );
    assert.equal(run.status, 0);
    assertInstalled({ directory, link });
    assert.deepEqual(logFiles(directory), [
      join(directory, 'logs/session-manager-plugin.log'),
      join(directory, 'logs/errors.log'),
    ]);
  });

  it(`install, run ${name}: -h explains the options`, async (t) => {
    if (!requireTools(t, UNZIP, tool)) return;
    const bundle = await unpackBundle(t);
    for (const option of ['-h', '--help']) {
      const { status, stdout, stderr } = runInstall('sessionmanager-bundle/install', [option], {
        interpreter,
        cwd: dirname(bundle),
      });
      assert.equal(status, 0);
      assert.equal(stderr, '');
      assert.match(stdout, /-i DIRECTORY, --install-dir DIRECTORY/);
      assert.match(stdout, /default: \/usr\/local\/sessionmanagerplugin\)/);
      assert.match(stdout, /-b LINK, --bin-location LINK/);
      assert.match(stdout, /default: \/usr\/local\/bin\/session-manager-plugin\)/);
    }
  });
}

it('install: the documented uninstallation leaves nothing of the program', async (t) => {
  if (!requireTools(t, UNZIP)) return;
  const bundle = await unpackBundle(t);
  const root = temporaryDirectory(t);
  const directory = join(root, 'plugin');
  // What is in `share` beside a directory `bin` has a test of its own.
  const link = join(root, 'commands', 'session-manager-plugin');
  mkdirSync(dirname(link));
  install(bundle, { directory, link });
  assertInstalled({ directory, link });
  runTool({ program: 'rm', debianPackage: 'coreutils' }, ['-rf', directory]);
  runTool({ program: 'rm', debianPackage: 'coreutils' }, [link]);
  assert.deepEqual(readdirSync(root, { recursive: true }), ['commands']);
});

describe('install: paths are given', () => {
  const forms: readonly (readonly [string, (directory: string, link: string) => string[]])[] = [
    ['as long options', (directory, link) => ['--bin-location', link, '--install-dir', directory]],
    ['with =', (directory, link) => [`--install-dir=${directory}`, `--bin-location=${link}`]],
    ['right after the letter', (directory, link) => [`-i${directory}`, `-b${link}`]],
    ['with slashes at the end', (directory, link) => ['-i', `${directory}//`, '-b', link]],
    [
      'from the current directory',
      (directory, link) => ['-i', relative('/tmp', directory), '-b', relative('/tmp', link)],
    ],
  ];
  for (const [name, form] of forms) {
    it(name, async (t) => {
      if (!requireTools(t, UNZIP)) return;
      const bundle = await unpackBundle(t);
      const { directory, link } = places(t);
      const run = runInstall(join(bundle, 'install'), form(directory, link), { cwd: '/tmp' });
      assert.equal(run.status, 0, run.stderr);
      assertInstalled({ directory, link });
    });
  }

  it('with the bundle as the current directory', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const bundle = await unpackBundle(t);
    const { directory, link } = places(t);
    const options = { cwd: bundle, interpreter: ['sh'] };
    const run = runInstall('install', ['-i', directory, '-b', link], options);
    assert.equal(run.status, 0, run.stderr);
    assertInstalled({ directory, link });
  });
});

it('install: an unknown option ends with status 2 and the usage', async (t) => {
  if (!requireTools(t, UNZIP)) return;
  const bundle = await unpackBundle(t);
  for (const [args, message] of [
    [['-x'], 'there is no option -x'],
    [['--prefix=/opt'], 'there is no option --prefix=/opt'],
    [['somewhere'], 'there is no option somewhere'],
    [['-i'], '-i needs a path'],
    [['-b', ''], '-b needs a path that is not empty'],
    [['--install-dir='], '--install-dir= needs a path that is not empty'],
  ] as const) {
    const { status, stdout, stderr } = runInstall(join(bundle, 'install'), args);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.ok(stderr.startsWith(`install: ${message}\nusage: install`), stderr);
  }
});

it('install: without the program in the bundle nothing is installed', async (t) => {
  if (!requireTools(t, UNZIP)) return;
  const bundle = await unpackBundle(t);
  rmSync(join(bundle, 'bin'), { recursive: true });
  const target = places(t);
  const { status, stderr } = install(bundle, target);
  assert.equal(status, 1);
  assert.match(stderr, /bin\/session-manager-plugin is missing: unpack the bundle again/);
  assert.equal(existsSync(target.directory), false);
});

it('install: a place in the bundle itself is refused', async (t) => {
  if (!requireTools(t, UNZIP)) return;
  const bundle = await unpackBundle(t);
  const { link } = places(t);
  for (const directory of [bundle, join(bundle, 'plugin')]) {
    const { status, stderr } = install(bundle, { directory, link });
    assert.equal(status, 1);
    assert.match(stderr, /is in the bundle: choose another place with -i/);
  }
});

describe('install again', () => {
  it('upgrades, and keeps what the user made and allowed', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const target = places(t);
    const { directory, link } = target;
    assert.equal(install(await unpackBundle(t), target).status, 0);
    mkdirSync(join(directory, 'logs'));
    writeFileSync(join(directory, 'logs', 'errors.log'), 'an error\n');
    writeFileSync(join(directory, 'seelog.xml'), '<seelog/>\n');
    chmodSync(directory, 0o777);

    const run = install(await unpackBundle(t, { version: '1.2.4.0' }), target);
    assert.equal(run.status, 0, run.stderr);
    assert.equal(readFileSync(join(directory, 'VERSION'), 'utf8'), '1.2.4.0\n');
    assert.equal(readFileSync(join(directory, 'logs', 'errors.log'), 'utf8'), 'an error\n');
    assert.equal(readFileSync(join(directory, 'seelog.xml'), 'utf8'), '<seelog/>\n');
    assert.equal(statSync(directory).mode & 0o777, 0o777);
    rmSync(join(directory, 'logs'), { recursive: true });
    rmSync(join(directory, 'seelog.xml'));
    chmodSync(directory, 0o755);
    assertInstalled(target);
    assert.deepEqual(readdirSync(dirname(link)), ['session-manager-plugin']);
  });

  it('leaves a program that is running its own file', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const bundle = await unpackBundle(t);
    const target = places(t);
    assert.equal(install(bundle, target).status, 0);
    const program = join(target.directory, 'bin/session-manager-plugin');
    const running = openSync(program, 'r');
    t.after(() => closeSync(running));
    const before = readFileSync(program);
    writeFileSync(join(bundle, 'bin/session-manager-plugin'), '#!/bin/sh\necho new\n');
    assert.equal(install(bundle, target).status, 0);
    assert.equal(readFileSync(program, 'utf8'), '#!/bin/sh\necho new\n');
    assert.deepEqual(readFileSync(running), before);
  });

  it('repairs modes and files that are damaged, and a link that leads nowhere', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const bundle = await unpackBundle(t);
    const target = places(t);
    assert.equal(install(bundle, target).status, 0);
    chmodSync(join(target.directory, 'bin'), 0o700);
    writeFileSync(join(target.directory, 'LICENSE'), '', { mode: 0o600 });
    assert.equal(install(bundle, target).status, 0);
    assertInstalled(target);
    rmSync(target.directory, { recursive: true });
    assert.equal(install(bundle, target).status, 0);
    assertInstalled(target);
  });

  it('elsewhere takes the link along, also from a relative one', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const bundle = await unpackBundle(t);
    const { directory, link } = places(t);
    assert.equal(install(bundle, { directory, link }).status, 0);
    const elsewhere = { directory: `${directory} 2`, link };
    assert.equal(install(bundle, elsewhere).status, 0);
    assertInstalled(elsewhere);
    rmSync(link);
    symlinkSync('../plugin 2/bin/session-manager-plugin', link);
    assert.equal(install(bundle, { directory, link }).status, 0);
    assertInstalled({ directory, link });
  });
});

describe('install where something else has the place of the link', () => {
  const foreign: readonly (readonly [string, (link: string) => void, RegExp])[] = [
    [
      'a file',
      (link) => writeFileSync(link, 'mine\n'),
      /is a file of another product: remove it and run this again, or choose another place with -b$/m,
    ],
    [
      'a link to something else',
      (link) => symlinkSync('/usr/bin/true', link),
      /is a link to something else, \/usr\/bin\/true: remove it and run this again/,
    ],
    [
      'a link to a program of that name that belongs to something else',
      (link) => symlinkSync('/opt/other/bin/session-manager-plugin', link),
      /is a link to something else, \/opt\/other\/bin\/session-manager-plugin: remove it/,
    ],
    ['a directory', (link) => mkdirSync(link), /is a directory: give the path of the link itself/],
  ];
  for (const [name, make, message] of foreign) {
    it(`${name}: it is unchanged, and the message explains what to do`, async (t) => {
      if (!requireTools(t, UNZIP)) return;
      const bundle = await unpackBundle(t);
      const target = places(t);
      mkdirSync(dirname(target.link));
      make(target.link);
      const before = lstatSync(target.link);
      const { status, stderr } = install(bundle, target);
      assert.equal(status, 1);
      assert.match(stderr, message);
      assert.ok(stderr.includes(`the plugin is installed in ${target.directory}, but `), stderr);
      const after = lstatSync(target.link);
      assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
      assert.deepEqual(readdirSync(dirname(target.link)), ['session-manager-plugin']);
      rmSync(target.link, { recursive: true });
      assert.equal(install(bundle, target).status, 0);
      assertInstalled(target);
    });
  }
});

describe('install without the right to write', () => {
  /** The user "nobody" of Debian; a test that root runs has to drop its rights. */
  const NOBODY_UID = 65534;

  function installUnprivileged(bundle: string, target: Places): InstallRun {
    return runInstall(join(bundle, 'install'), ['-i', target.directory, '-b', target.link], {
      ...(process.getuid?.() === 0 ? { uid: NOBODY_UID } : {}),
    });
  }

  it('to the directory: the error recommends sudo', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const bundle = await unpackBundle(t);
    const root = temporaryDirectory(t);
    chmodSync(root, 0o555);
    const target = { directory: join(root, 'plugin'), link: join(root, 'link') };
    const { status, stderr } = installUnprivileged(bundle, target);
    assert.equal(status, 1);
    assert.match(stderr, /^install: the directory .*plugin cannot be made: run this with sudo/m);
    assert.deepEqual(readdirSync(root), []);
  });

  it('to an installation: nothing of it changes', async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const target = places(t);
    assert.equal(install(await unpackBundle(t), target).status, 0);
    chmodSync(target.directory, 0o555);
    chmodSync(join(target.directory, 'bin'), 0o555);
    const { status, stderr } = installUnprivileged(
      await unpackBundle(t, { version: '9.9.9.9' }),
      target,
    );
    assert.equal(status, 1);
    assert.match(stderr, /cannot be written: run this with sudo$/m);
    chmodSync(target.directory, 0o755);
    chmodSync(join(target.directory, 'bin'), 0o755);
    assert.equal(readFileSync(join(target.directory, 'VERSION'), 'utf8'), '1.2.3.4\n');
    assertInstalled(target);
  });

  it("to the link's directory: the plugin is installed, and a message reports it", async (t) => {
    if (!requireTools(t, UNZIP)) return;
    const bundle = await unpackBundle(t);
    const target = places(t);
    mkdirSync(dirname(target.link));
    chmodSync(dirname(target.link), 0o555);
    chmodSync(dirname(target.directory), 0o777);
    const { status, stderr } = installUnprivileged(bundle, target);
    assert.equal(status, 1);
    assert.match(stderr, /the plugin is installed in .*, but the link .* cannot be made: run this/);
    assert.deepEqual(readdirSync(dirname(target.link)), []);
    chmodSync(dirname(target.link), 0o755);
  });
});
