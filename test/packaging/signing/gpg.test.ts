import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SigningSettingsError } from '../../../build/signing-settings.ts';
import { runTool, ToolError } from '../../../build/tool.ts';
import {
  describeGpgSigning,
  gpgSigning,
  signChecksums,
  signRpm,
  type GpgSigning,
} from '../../../packaging/signing/gpg.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { buildSmallPackage } from '../linux/small-package.ts';
import { RPM_FORMAT } from '../rpm/rpm-format.ts';
import { useKeyRing, type TestKey } from '../support/gpg-key.ts';
import { requireTools } from '../../support/require-tools.ts';
import { GPG, GPGCONF, RPM, RPMBUILD } from '../../support/tools.ts';

const TOOLS = [GPG, GPGCONF, RPM, RPMBUILD] as const;

const OWNER = 'Release Test <release@example.com>';

/** A key in a key ring of its own. */
function makeKey(t: TestContext): TestKey {
  return useKeyRing(t)(OWNER);
}

/** What rpm prints about a package when it knows the key. */
function checkSignature(t: TestContext, key: TestKey, file: string): string {
  const database = ['--dbpath', temporaryDirectory(t)];
  runTool(RPM, [...database, '--import', key.publicKey]);
  return runTool(RPM, [...database, '--checksig', file]).toString();
}

describe('the list of digests', () => {
  it('gets a signature that gpg verifies', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const key = makeKey(t);
    const list = join(key.directory, 'SHA256SUMS');
    writeFileSync(list, `${'0'.repeat(64)}  VERSION\n`);
    assert.deepEqual(signChecksums(list, key.signing), [`${list}.asc`]);
    assert.match(readFileSync(`${list}.asc`, 'latin1'), /^-----BEGIN PGP SIGNATURE-----/);
    runTool(GPG, ['--verify', `${list}.asc`, list]);

    writeFileSync(list, `${'1'.repeat(64)}  VERSION\n`);
    assert.throws(() => runTool(GPG, ['--verify', `${list}.asc`, list]), /BAD signature/);
  });

  it('gets none when there is no key', (t) => {
    const list = join(temporaryDirectory(t), 'SHA256SUMS');
    writeFileSync(list, '');
    assert.deepEqual(signChecksums(list, { kind: 'unsigned' }), []);
    assert.ok(!existsSync(`${list}.asc`));
  });
});

describe('an rpm package', () => {
  it('gets a signature that rpm verifies', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const key = makeKey(t);
    const file = buildSmallPackage(t, RPM_FORMAT, '1.3.0.0');
    const unsigned = readFileSync(file);
    signRpm(file, { kind: 'unsigned' });
    assert.deepEqual(readFileSync(file), unsigned);
    assert.equal(checkSignature(t, key, file), `${file}: digests OK\n`);

    signRpm(file, key.signing);
    assert.equal(checkSignature(t, key, file), `${file}: digests signatures OK\n`);
  });
});

describe('a key that cannot be used', () => {
  it('stops the release, without the passphrase in the error', (t) => {
    if (!requireTools(t, ...TOOLS)) return;
    const { directory, fingerprint, passphraseFile } = makeKey(t);
    const list = join(directory, 'SHA256SUMS');
    writeFileSync(list, '');
    const file = buildSmallPackage(t, RPM_FORMAT, '1.3.0.0');
    const wrong = join(directory, 'wrong');
    writeFileSync(wrong, 'not this one\n');
    const unusable: readonly GpgSigning[] = [
      { kind: 'key', key: 'F'.repeat(40), passphraseFile },
      { kind: 'key', key: fingerprint, passphraseFile: wrong },
    ];
    for (const signing of unusable) {
      for (const sign of [() => signChecksums(list, signing), () => signRpm(file, signing)]) {
        assert.throws(sign, (error: unknown) => {
          assert.ok(error instanceof ToolError);
          assert.doesNotMatch(error.message, /not this one|correct horse/);
          return true;
        });
      }
    }
  });
});

describe('the environment', () => {
  it('names the identity; without one nothing is signed', () => {
    assert.deepEqual(gpgSigning({}), { kind: 'unsigned' });
    assert.deepEqual(gpgSigning({ SSM_SIGN_GPG_KEY: '' }), { kind: 'unsigned' });
    assert.match(describeGpgSigning({ kind: 'unsigned' }), /unsigned: SSM_SIGN_GPG_KEY is not set/);
    const signing = gpgSigning({ SSM_SIGN_GPG_KEY: 'ABCD1234' });
    assert.deepEqual(signing, { kind: 'key', key: 'ABCD1234', passphraseFile: undefined });
    assert.match(describeGpgSigning(signing), /signed with the key ABCD1234$/);
  });

  it('is refused with a passphrase that has no key, or is not there', () => {
    assert.throws(() => gpgSigning({ SSM_SIGN_GPG_PASSPHRASE_FILE: '/etc/hostname' }), {
      name: 'SigningSettingsError',
      message: /needs SSM_SIGN_GPG_KEY/,
    });
    const missing = '/nonexistent/passphrase';
    assert.throws(
      () => gpgSigning({ SSM_SIGN_GPG_KEY: 'ABCD1234', SSM_SIGN_GPG_PASSPHRASE_FILE: missing }),
      new SigningSettingsError(`SSM_SIGN_GPG_PASSPHRASE_FILE: there is no file ${missing}`),
    );
  });
});
