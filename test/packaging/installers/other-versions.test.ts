import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import type { SigningKey } from '../../../packaging/installers/install-scripts.ts';
import { runTool } from '../../../build/tool.ts';
import { minisignPublicKey, signWithMinisign } from '../../../packaging/signing/minisign.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { makeReleaseKey, type ReleaseKey } from '../../build/runtime/support/release-key.ts';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { needs } from '../../support/require-tools.ts';
import { CURL, DASH, GPG, GPGCONF, GPGV, MINISIGN, OPENSSL } from '../../support/tools.ts';
import {
  LINUX_TARGETS,
  publishVersion,
  scriptOf,
  startReleaseSite,
  type ReleaseSite,
} from './support/release-site.ts';
import {
  linkedVersion,
  linkProgram,
  newUser,
  removeProgram,
  runScript,
  type User,
} from './support/run-install.ts';
import type { CompletedRun } from '../../program/support/piped-program.ts';

const NOT_SIGNED =
  /^install\.sh: Version 1\.2\.0\.0 cannot be verified: the key in this script has not signed its SHA256SUMS\./;
const LIST = '1.2.0.0/SHA256SUMS';

/** A run of the script, and who ran it. */
interface Run extends CompletedRun {
  readonly user: User;
}

describe('install.sh --version', needs(OPENSSL, DASH, CURL, GPG, GPGCONF, GPGV), () => {
  const scope = suiteScope();
  let site: ReleaseSite;
  let key: ReleaseKey;
  let other: ReleaseKey;
  let expired: ReleaseKey;

  before(async () => {
    site = await startReleaseSite(scope);
    for (const version of ['1.2.0.0', '1.3.0.0'])
      await publishVersion(scope, site, version, LINUX_TARGETS);
    key = makeReleaseKey(scope, 'Release <release@example.com>');
    other = makeReleaseKey(scope, 'Another <another@example.com>');
    expired = makeReleaseKey(scope, 'Expired <expired@example.com>', 'expired');
  });

  const publicPart = ({ fingerprint, publicKey }: ReleaseKey): SigningKey => ({
    fingerprint,
    armored: readFileSync(publicKey, 'utf8'),
  });

  /** Runs the script of a release that is signed with a key, after the list of version 1.2.0.0 was signed with another. */
  const install = async (
    t: TestContext,
    signer: ReleaseKey | undefined,
    expected: ReleaseKey = key,
    change: (user: User) => void = () => undefined,
  ): Promise<Run> => {
    const user = newUser(t, site);
    change(user);
    site.files.delete(`${LIST}.asc`);
    const list = site.files.get(LIST)?.toString() ?? '';
    if (signer !== undefined) site.files.set(`${LIST}.asc`, signer.sign(list));
    const script = scriptOf(site, '1.3.0.0', publicPart(expected));
    return { ...(await runScript(t, user, script, ['--version', '1.2.0.0'])), user };
  };

  const isRefused = ({ status, stderr, user }: Run, why: RegExp): void => {
    assert.equal(status, 1);
    assert.match(stderr, why);
    assert.match(
      stderr,
      /Run the script of that version instead: https:\S+\/plugin\/1\.2\.0\.0\/install\.sh\n$/,
    );
    assert.ok(
      !readdirSync(user.home).includes('.local') ||
        readdirSync(join(user.home, '.local/lib')).length === 0,
    );
  };

  for (const [program, hidden] of [
    ['gpg', 'gpgv'],
    ['gpgv', 'gpg'],
  ] as const) {
    const only = (user: User): void => removeProgram(user, hidden);

    it(`installs another version, if ${program} verifies that the key of this release has signed its digests`, async (t) => {
      const { status, stderr, user } = await install(t, key, key, only);
      assert.deepEqual([status, stderr], [0, '']);
      assert.equal(linkedVersion(user), '1.2.0.0');
    });

    it(`refuses a list that another key has signed, with ${program}`, async (t) => {
      isRefused(await install(t, other, key, only), NOT_SIGNED);
    });

    it(`refuses a list that a key has signed that has expired, with ${program}`, async (t) => {
      isRefused(await install(t, expired, expired, only), NOT_SIGNED);
    });
  }

  it('refuses a list that was changed after the signature', async (t) => {
    const list = site.files.get(LIST) ?? Buffer.alloc(0);
    t.after(() => site.files.set(LIST, list));
    const signed = { ...key, sign: () => key.sign(`${list.toString()}\n`) };
    isRefused(await install(t, signed), NOT_SIGNED);
  });

  it('refuses a signed list of yet another version', async (t) => {
    const list = site.files.get(LIST) ?? Buffer.alloc(0);
    t.after(() => site.files.set(LIST, list));
    site.files.set(LIST, site.files.get('1.3.0.0/SHA256SUMS') ?? list);
    const { status, stderr } = await install(t, key);
    assert.equal(status, 1);
    assert.match(stderr, /Version 1\.2\.0\.0 has no archive for this machine/);
  });

  it('refuses a version without a signature, or that does not exist', async (t) => {
    const { status, stderr } = await install(t, undefined);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /\/1\.2\.0\.0\/SHA256SUMS\.asc cannot be downloaded\. Check the version, the network and HTTPS_PROXY\.\n$/,
    );
  });

  it('refuses another version where nothing verifies a signature', async (t) => {
    const run = await install(t, key, key, (user) => {
      for (const program of ['gpg', 'gpgv']) removeProgram(user, program);
    });
    isRefused(
      run,
      /^install\.sh: Version 1\.2\.0\.0 cannot be verified: no program here verifies a signature\. Install gpg or gpgv\./,
    );
  });

  it('refuses another version in the script of a release without a signature', async (t) => {
    const user = newUser(t, site);
    const { requests } = site;
    requests.length = 0;
    const run = await runScript(t, user, scriptOf(site, '1.3.0.0'), ['--version=1.2.0.0']);
    isRefused(
      { ...run, user },
      /^install\.sh: Version 1\.2\.0\.0 cannot be verified: this script contains only the digests of 1\.3\.0\.0\./,
    );
    assert.deepEqual(requests, []);
  });

  describe('with minisign', needs(MINISIGN), () => {
    /** Signs the list of version 1.2.0.0. @returns the script of a release with this key of minisign, and perhaps one of OpenPGP */
    const signedScript = (t: TestContext, version: string, openPgp?: ReleaseKey): string => {
      const directory = temporaryDirectory(t);
      const keyFile = join(directory, 'key');
      runTool(MINISIGN, ['-G', '-W', '-p', `${keyFile}.pub`, '-s', keyFile]);
      const signing = { kind: 'key', keyFile, passwordFile: undefined } as const;
      const list = join(directory, 'SHA256SUMS');
      writeFileSync(list, site.files.get(LIST) ?? '');
      const [signature = ''] = signWithMinisign(list, version, signing);
      site.files.set(`${LIST}.minisig`, readFileSync(signature));
      const signingKey = openPgp === undefined ? undefined : publicPart(openPgp);
      return scriptOf(site, '1.3.0.0', signingKey, minisignPublicKey(signing));
    };
    const run = async (
      t: TestContext,
      script: string,
      programs: readonly string[],
    ): Promise<Run> => {
      const user = newUser(t, site);
      for (const program of programs) linkProgram(user.programs, program);
      return { ...(await runScript(t, user, script, ['--version', '1.2.0.0'])), user };
    };

    it('installs another version, if the key of this release has signed its digests', async (t) => {
      const { status, stderr, user } = await run(t, signedScript(t, '1.2.0.0'), ['minisign']);
      assert.deepEqual([status, stderr], [0, '']);
      assert.equal(linkedVersion(user), '1.2.0.0');
    });

    it('refuses a list that was signed for another version, or by another key', async (t) => {
      isRefused(await run(t, signedScript(t, '1.1.0.0'), ['minisign']), NOT_SIGNED);
      const script = signedScript(t, '1.2.0.0');
      signedScript(t, '1.2.0.0');
      isRefused(await run(t, script, ['minisign']), NOT_SIGNED);
    });

    it('installs a version that has only the other signature, whichever that is', async (t) => {
      const script = signedScript(t, '1.2.0.0', key);
      site.files.delete(`${LIST}.asc`);
      const first = await run(t, script, ['minisign']);
      assert.deepEqual([first.status, first.stderr], [0, '']);
      site.files.delete(`${LIST}.minisig`);
      site.files.set(`${LIST}.asc`, key.sign(site.files.get(LIST)?.toString() ?? ''));
      const second = await run(t, script, ['minisign']);
      assert.deepEqual([second.status, second.stderr], [0, '']);
    });

    it('installs a version of which it verifies one signature, and not the other', async (t) => {
      const script = signedScript(t, '1.2.0.0', key);
      const list = site.files.get(LIST)?.toString() ?? '';
      site.files.set(`${LIST}.asc`, other.sign(list));
      const { status, stderr } = await run(t, script, ['minisign']);
      assert.deepEqual([status, stderr], [0, '']);
    });

    it('refuses a version of which it verifies neither, or that has neither', async (t) => {
      const script = signedScript(t, '1.1.0.0', key);
      site.files.set(`${LIST}.asc`, other.sign(site.files.get(LIST)?.toString() ?? ''));
      isRefused(await run(t, script, ['minisign']), NOT_SIGNED);
      for (const form of ['asc', 'minisig']) site.files.delete(`${LIST}.${form}`);
      const { status, stderr } = await run(t, script, ['minisign']);
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^curl: .*\ncurl: .*\ninstall\.sh: \S+\/SHA256SUMS\.asc, \S+\/SHA256SUMS\.minisig cannot be downloaded\. Check the version/,
      );
    });

    it('is named where it is missing', async (t) => {
      const why = /no program here verifies a signature\. Install minisign\. /;
      isRefused(await run(t, signedScript(t, '1.2.0.0'), []), why);
    });
  });

  it('needs no signature for the version of the release', async (t) => {
    const user = newUser(t, site);
    const run = await runScript(t, user, scriptOf(site, '1.3.0.0'), ['--version', '1.3.0.0']);
    assert.equal(run.status, 0);
  });
});
