import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SigningSettingsError } from '../../../build/mach-o/macos-signing.ts';
import {
  describeInstallerSigning,
  installerIdentity,
  installerSigning,
} from '../../../packaging/macos/installer-signing.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { createSigningCertificate } from '../../build/support/signing-certificate.ts';
import { requireTools } from '../../support/require-tools.ts';
import { OPENSSL } from '../../support/tools.ts';

test('without a certificate in the environment packages are not signed, and that is said', () => {
  const signing = installerSigning({ SSM_SIGN_MACOS_PASSWORD_FILE: 'password' });
  assert.equal(installerIdentity(signing), undefined);
  assert.match(describeInstallerSigning(signing), /^macOS packages: not signed/);
});

test('SSM_SIGN_MACOS_INSTALLER_CERTIFICATE signs, with a password of its own or the shared one', (t) => {
  if (!requireTools(t, OPENSSL)) return;
  const { pkcs12, passwordFile } = createSigningCertificate(temporaryDirectory(t));
  const certificate = { SSM_SIGN_MACOS_INSTALLER_CERTIFICATE: pkcs12 };
  for (const env of [
    { ...certificate, SSM_SIGN_MACOS_PASSWORD_FILE: passwordFile },
    {
      ...certificate,
      SSM_SIGN_MACOS_PASSWORD_FILE: '/nowhere',
      SSM_SIGN_MACOS_INSTALLER_PASSWORD_FILE: passwordFile,
    },
  ]) {
    const signing = installerSigning(env);
    assert.equal(installerIdentity(signing)?.chain.length, 2);
    assert.ok(describeInstallerSigning(signing).includes(`signed with ${pkcs12}`));
  }
  assert.throws(
    () => installerSigning(certificate),
    (error) =>
      error instanceof SigningSettingsError &&
      error.message.includes('SSM_SIGN_MACOS_INSTALLER_PASSWORD_FILE'),
  );
});
