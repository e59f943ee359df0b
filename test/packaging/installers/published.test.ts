import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { POSIX_SCRIPT, POWERSHELL_SCRIPT } from '../../../packaging/installers/install-scripts.ts';
import { ACTION, installers } from '../../../packaging/published/installers.ts';
import { NO_PUBLISHER } from '../../../packaging/publisher.ts';
import { readDocument, sectionOf } from '../../docs/support/markdown.ts';
import { runCommandPiped } from '../../program/support/piped-program.ts';
import { VERSION } from '../../support/product.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { CURL, DASH, GPG, GPGCONF, OPENSSL } from '../../support/tools.ts';
import { signChecksums } from '../../../packaging/signing/gpg.ts';
import { useKeyRing } from '../support/gpg-key.ts';
import { packagePath } from '../support/made-targets.ts';
import { requirePackages } from '../support/packages.ts';
import { smallRelease } from '../support/small-release.ts';
import {
  LINUX_TARGETS,
  archiveName,
  publishVersion,
  startReleaseSite,
} from './support/release-site.ts';
import { linkedVersion, newUser, runScript } from './support/run-install.ts';

const ARCHIVE = `${archiveName(VERSION, 'linux-x64')}.tar.gz`;

/** The archives in the table of a script, with their digests. */
function tableOf(script: string): readonly { readonly name: string; readonly digest: string }[] {
  return [...script.matchAll(/(?:^|')([\da-f]{64}) {2}(session-manager-plugin-[\w.-]+)'?$/gm)].map(
    ([, digest = '', name = '']) => ({ name, digest }),
  );
}

describe('the install scripts of a release', () => {
  const read = (...path: readonly string[]): string =>
    readFileSync(packagePath(join(...path)), 'utf8');

  it('have the URL and the digest of each published archive for their systems', (t) => {
    if (!requirePackages(t, ARCHIVE)) return;
    const listed = read('SHA256SUMS');
    for (const [name, ending] of [
      [POSIX_SCRIPT, '.tar.gz'],
      [POWERSHELL_SCRIPT, '.zip'],
    ] as const) {
      const script = read(name);
      assert.ok(script.includes(`'${VERSION}'`) && script.includes(`'${NO_PUBLISHER.downloads}'`));
      const archives = listed.match(/session-manager-plugin-[\d.]+-.*/g) ?? [];
      const table = tableOf(script);
      assert.deepEqual(
        table.map((row) => row.name).sort(),
        archives.filter((each) => each.endsWith(ending)).sort(),
      );
      for (const row of table) {
        // As the URL in the script: the directory of the version.
        const file = readFileSync(packagePath(join('..', VERSION, row.name)));
        assert.equal(createHash('sha256').update(file).digest('hex'), row.digest, row.name);
      }
    }
  });

  it('are in the action, too', (t) => {
    if (!requirePackages(t, ARCHIVE)) return;
    for (const name of [POSIX_SCRIPT, POWERSHELL_SCRIPT]) {
      assert.equal(read(ACTION, name), read(name));
    }
    assert.match(read(ACTION, 'action.yml'), /^runs:\n {2}using: composite$/m);
  });

  it('install the real program with the commands of the install guide, and remove it', async (t) => {
    if (!requireTools(t, CURL, DASH, OPENSSL) || !requirePackages(t, ARCHIVE)) return;
    const host = new URL(NO_PUBLISHER.downloads).host;
    const site = await startReleaseSite(t, host);
    site.files.set(`${VERSION}/${ARCHIVE}`, readFileSync(packagePath(ARCHIVE)));
    const user = newUser(t, site);
    const server = `localhost:${new URL(site.downloads).port}`;
    writeFileSync(join(user.home, '.curlrc'), `connect-to = "${host}:443:${server}"\n`);
    symlinkSync(dirname(packagePath('VERSION')), join(user.home, 'latest'));
    const section = sectionOf(readDocument('docs/install.md'), 'Without root');
    const [install = '', remove = ''] = section.blocks
      .filter(({ kind }) => kind === 'sh')
      .map(({ text }) => text);
    const run = (script: string): ReturnType<typeof runCommandPiped> =>
      runCommandPiped(t, ['bash', '-e', '-c', script], { env: user.env, directory: user.home });

    const installed = await run(
      `${install}\n"$HOME/.local/bin/session-manager-plugin" --version --verbose`,
    );
    assert.equal(installed.stderr, '');
    assert.equal(installed.status, 0);
    assert.match(installed.stdout, new RegExp(`^version +${VERSION}$`, 'm'));
    assert.match(installed.stdout, /^install +archive$/m);
    assert.deepEqual(await run(remove), { status: 0, stdout: '', stderr: '' });
    const left = readdirSync(join(user.home, '.local'), { recursive: true, withFileTypes: true });
    assert.deepEqual(
      left.filter((entry) => !entry.isDirectory()),
      [],
    );
  });
});

describe('the install scripts of a build', () => {
  const publish = async (
    t: TestContext,
    env: Readonly<Record<string, string>>,
    downloads = NO_PUBLISHER.downloads,
  ): Promise<string> => {
    const directory = temporaryDirectory(t);
    const paths = await installers.write({
      release: { ...smallRelease('1.3.0.0'), publisher: { ...NO_PUBLISHER, downloads } },
      directory,
      targets: ['linux-x64'],
      accepted: {},
      env,
      listed: [{ path: `${archiveName('1.3.0.0', 'linux-x64')}.tar.gz`, sha256: 'a'.repeat(64) }],
    });
    assert.deepEqual(paths, [
      ...['github-action/action.yml', 'github-action/install.ps1', 'github-action/install.sh'],
      ...['install.ps1', 'install.sh'],
    ]);
    return readFileSync(join(directory, POSIX_SCRIPT), 'utf8');
  };

  it('contain the key that signs the release, and verify another version with it', async (t) => {
    if (!requireTools(t, CURL, DASH, GPG, GPGCONF, OPENSSL)) return;
    const { fingerprint, passphraseFile, signing } = useKeyRing(t)('Release <release@example.com>');
    const env = { SSM_SIGN_GPG_KEY: fingerprint, SSM_SIGN_GPG_PASSPHRASE_FILE: passphraseFile };
    const site = await startReleaseSite(t);
    await publishVersion(t, site, '1.2.0.0', LINUX_TARGETS);
    const list = join(temporaryDirectory(t), 'SHA256SUMS');
    writeFileSync(list, site.files.get('1.2.0.0/SHA256SUMS') ?? '');
    const [signature = ''] = signChecksums(list, signing);
    site.files.set('1.2.0.0/SHA256SUMS.asc', readFileSync(signature));

    const script = await publish(t, env, site.downloads);
    assert.ok(script.includes(`\nsigner='${fingerprint}'\n`));
    const user = newUser(t, site);
    const run = await runScript(t, user, script, ['--version', '1.2.0.0']);
    assert.deepEqual([run.status, run.stderr], [0, '']);
    assert.equal(linkedVersion(user), '1.2.0.0');
  });

  it('contain no key if the release is not signed', async (t) => {
    assert.match(await publish(t, {}), /^signer=''\nsigning_key=''\nminisign_key=''$/m);
  });
});
