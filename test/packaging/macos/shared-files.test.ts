import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { BUILD_OUTPUTS } from '../../../build/build-settings.ts';
import { runTool } from '../../../build/tool.ts';
import { makeSharedFiles, SHARED_FILES } from '../../../packaging/system/shared-files.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { UNZIP } from '../../support/tools.ts';
import { runInstall, unpackBundle, type InstallRun } from './support/bundle-install.ts';

const SCRIPTS = join(import.meta.dirname, '../../../packaging/macos/scripts');

/** Where man (man.conf(5)), bash-completion, zsh's `fpath` of macOS and fish look, below /usr/local. */
const PLACES: Readonly<Record<keyof typeof SHARED_FILES, string>> = {
  manual: 'share/man/man1/session-manager-plugin.1',
  bash: 'share/bash-completion/completions/session-manager-plugin',
  zsh: 'share/zsh/site-functions/_session-manager-plugin',
  fish: 'share/fish/vendor_completions.d/session-manager-plugin.fish',
};
const KINDS = ['manual', 'bash', 'zsh', 'fish'] as const;

/** Something that installs on macOS, with the parts of it that matter here. */
interface Installer {
  readonly name: string;
  /** The directory that is /usr/local on a Mac. */
  readonly prefix: (root: string) => string;
  /** Installs these files, by their places in the tree. */
  readonly install: (
    t: TestContext,
    root: string,
    shared: ReadonlyMap<string, string>,
  ) => Promise<InstallRun>;
}

const INSTALLERS: readonly Installer[] = [
  {
    name: 'the bundled installer',
    prefix: (root) => root,
    async install(t, root, shared) {
      const bundle = await unpackBundle(t);
      writeTree(bundle, shared);
      const link = join(root, 'bin', 'session-manager-plugin');
      return runInstall(join(bundle, 'install'), ['-i', installationIn(root), '-b', link]);
    },
  },
  {
    name: 'the script of the package',
    prefix: (root) => join(root, 'usr/local'),
    install(t, root, shared) {
      const scripts = temporaryDirectory(t);
      cpSync(SCRIPTS, scripts, { recursive: true });
      // The installer of macOS unpacks the payload first.
      writeTree(installationIn(join(root, 'usr/local')), shared);
      const script = join(scripts, 'postinstall');
      return Promise.resolve(runInstall(script, ['package', 'place', root, '/']));
    },
  },
];

function installationIn(prefix: string): string {
  return join(prefix, 'sessionmanagerplugin');
}

function writeTree(directory: string, files: ReadonlyMap<string, string>): void {
  for (const [place, text] of files) {
    mkdirSync(dirname(join(directory, place)), { recursive: true });
    writeFileSync(join(directory, place), text);
  }
}

/** The texts that the program itself prints. */
const printed = makeSharedFiles(BUILD_OUTPUTS.bundle);
/** The same of another version. */
const newer = new Map([...printed].map(([place, text]) => [place, `${text}# newer\n`]));

/** What is installed in the places. */
function installedTexts(prefix: string): ReadonlyMap<string, string> {
  return new Map(
    KINDS.map((kind) => [SHARED_FILES[kind], readFileSync(join(prefix, PLACES[kind]), 'utf8')]),
  );
}

for (const installer of INSTALLERS) {
  describe(installer.name, () => {
    const prepare = (t: TestContext): { readonly root: string; readonly prefix: string } => {
      const root = temporaryDirectory(t);
      chmodSync(root, 0o755);
      return { root, prefix: installer.prefix(root) };
    };

    it('copies the manual page and the completion scripts to where man and shells look', async (t) => {
      if (!requireTools(t, UNZIP)) return;
      const { root, prefix } = prepare(t);
      const { status, stderr } = await installer.install(t, root, printed);
      assert.deepEqual([status, stderr], [0, '']);
      assert.deepEqual(installedTexts(prefix), printed);
      for (const kind of KINDS) {
        assert.equal(statSync(join(prefix, PLACES[kind])).mode & 0o777, 0o644);
        assert.deepEqual(readdirSync(join(prefix, dirname(PLACES[kind]))).length, 1);
      }
    });

    it('replaces those of another version of the program', async (t) => {
      if (!requireTools(t, UNZIP)) return;
      const { root, prefix } = prepare(t);
      await installer.install(t, root, printed);
      const { status, stderr } = await installer.install(t, root, newer);
      assert.deepEqual([status, stderr], [0, '']);
      assert.deepEqual(installedTexts(prefix), newer);
    });

    it('leaves files of another product, and links, and reports each', async (t) => {
      if (!requireTools(t, UNZIP)) return;
      const { root, prefix } = prepare(t);
      const page = join(prefix, PLACES.manual);
      const zsh = join(prefix, PLACES.zsh);
      for (const place of [page, zsh]) mkdirSync(dirname(place), { recursive: true });
      writeFileSync(page, 'mine\n');
      symlinkSync('/opt/other', zsh);
      const { status, stderr } = await installer.install(t, root, printed);
      assert.equal(status, 0);
      assert.equal(
        stderr,
        [page, zsh]
          .map((place) => `${place} is a file of another product: it stays as it is\n`)
          .join(''),
      );
      assert.equal(readFileSync(page, 'utf8'), 'mine\n');
      assert.equal(lstatSync(zsh).isSymbolicLink(), true);
      assert.equal(readFileSync(join(prefix, PLACES.fish), 'utf8'), printed.get(SHARED_FILES.fish));
    });

    it('installs the program also where it cannot copy them', async (t) => {
      if (!requireTools(t, UNZIP)) return;
      const { root, prefix } = prepare(t);
      mkdirSync(prefix, { recursive: true });
      // Not a directory: not even root can write below it.
      writeFileSync(join(prefix, 'share'), '');
      const { status, stderr } = await installer.install(t, root, printed);
      assert.equal(status, 0);
      assert.equal(
        stderr,
        KINDS.map((kind) => `${join(prefix, PLACES[kind])} cannot be written\n`).join(''),
      );
    });

    it('leaves nothing that points nowhere when the program is removed as documented', async (t) => {
      if (!requireTools(t, UNZIP)) return;
      const { root, prefix } = prepare(t);
      await installer.install(t, root, printed);
      rmSync(installationIn(prefix), { recursive: true });
      rmSync(join(prefix, 'bin/session-manager-plugin'), { force: true });
      assert.deepEqual(installedTexts(prefix), printed);
    });
  });
}

it('install: without a directory bin for the link, they are only in the installation', async (t) => {
  if (!requireTools(t, UNZIP)) return;
  const root = temporaryDirectory(t);
  const bundle = await unpackBundle(t);
  const directory = join(root, 'plugin');
  const { status } = runInstall(join(bundle, 'install'), [
    ...['-i', directory, '-b', join(root, 'commands', 'session-manager-plugin')],
  ]);
  assert.equal(status, 0);
  assert.deepEqual(readdirSync(root), ['commands', 'plugin']);
});

it('the guide removes what the installers have copied', (t) => {
  const guide = readFileSync(join(import.meta.dirname, '../../../docs/install.md'), 'utf8');
  const [command = ''] = /^sudo rm -f \/usr\/local\/share\/(?:.*\\\n)*.*$/m.exec(guide) ?? [];
  const prefix = temporaryDirectory(t);
  writeTree(prefix, new Map(KINDS.map((kind) => [PLACES[kind], kind])));
  const commandHere = command.replace('sudo ', '').replaceAll('/usr/local', prefix);
  runTool({ program: 'sh', debianPackage: 'dash' }, ['-c', `set -f; ${commandHere}`]);
  for (const kind of KINDS) {
    assert.deepEqual(readdirSync(join(prefix, dirname(PLACES[kind]))), [], kind);
  }
});
