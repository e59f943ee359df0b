import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeDerEntitlements } from '../../../build/mach-o/entitlements.ts';
import { encodeDesignatedRequirement } from '../../../build/mach-o/requirements.ts';
import { signMachO } from '../../../build/mach-o/sign.ts';
import { verifyMachO } from '../../../build/mach-o/verify.ts';
import { readSigningIdentity } from '../../../build/signing-identity.ts';
import { ToolError } from '../../../build/tool.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  createSigningCertificate,
  TEAM,
  type SigningCertificate,
} from '../support/signing-certificate.ts';
import { SDK, smallMachO } from './support/small-mach-o.ts';
import { verifyCms } from './support/verify-cms.ts';
import { requireTools } from '../../support/require-tools.ts';
import { OPENSSL } from '../../support/tools.ts';

const IDENTIFIER = 'session-manager-plugin';
const SIGNING_TIME = Date.UTC(2026, 1, 3, 4, 5, 6) / 1000;

function signWith(certificate: SigningCertificate): Buffer {
  const identity = readSigningIdentity(certificate.pkcs12, certificate.passwordFile);
  return signMachO(smallMachO({ architecture: 'arm64' }), {
    identifier: IDENTIFIER,
    signer: { identity, signingTime: SIGNING_TIME },
  });
}

test('a certificate: OpenSSL verifies who signed, and when', (t) => {
  if (!requireTools(t, OPENSSL)) return;
  const certificate = createSigningCertificate(temporaryDirectory(t));
  const signed = signWith(certificate);
  const signature = verifyMachO(signed);
  assert.equal(signature.adHoc, false);
  assert.equal(signature.teamIdentifier, TEAM);
  const printed = verifyCms(t, signature, certificate.authority);
  assert.match(printed, /UTCTIME:Feb {2}3 04:05:06 2026 GMT/);
  assert.match(printed, /subject: CN=Test Authority/);
  assert.deepEqual(signWith(certificate), signed, 'the same input gives the same file');
});

test('a certificate: a code directory that was changed is not what was signed', (t) => {
  if (!requireTools(t, OPENSSL)) return;
  const certificate = createSigningCertificate(temporaryDirectory(t));
  const signature = verifyMachO(signWith(certificate));
  const changed = Buffer.from(signature.codeDirectory);
  changed[12] = changed.readUInt8(12) ^ 1;
  assert.throws(
    () => verifyCms(t, { ...signature, codeDirectory: changed }, certificate.authority),
    (error) => error instanceof ToolError && error.message.includes('verification failure'),
  );
});

test('a certificate: the hardened runtime of the SDK, and of its exceptions only what V8 needs', (t) => {
  if (!requireTools(t, OPENSSL)) return;
  const { hardenedRuntime, entitlements, codeDirectory } = verifyMachO(
    signWith(createSigningCertificate(temporaryDirectory(t))),
  );
  assert.equal(hardenedRuntime, true);
  assert.equal(codeDirectory.readUInt32BE(8), 0x20500);
  assert.equal(codeDirectory.readUInt32BE(88), SDK);
  assert.deepEqual(
    Array.from((entitlements ?? '').matchAll(/<key>(.*?)<\/key>\s*<true\/>/g), ([, name]) => name),
    ['com.apple.security.cs.allow-jit', 'com.apple.security.cs.allow-unsigned-executable-memory'],
  );
});

test('a certificate of nobody known: a later version must be signed with it too', (t) => {
  if (!requireTools(t, OPENSSL)) return;
  const { certificate } = createSigningCertificate(temporaryDirectory(t));
  const { raw } = new X509Certificate(readFileSync(certificate));
  const requirement = encodeDesignatedRequirement(
    IDENTIFIER,
    new X509Certificate(readFileSync(certificate)),
    TEAM,
  );
  assert.ok(requirement.includes(createHash('sha1').update(raw).digest()));
  assert.ok(requirement.includes(IDENTIFIER));
});

test('a "Developer ID" certificate: the requirement is the one of the Node.js project\'s own binary', (t) => {
  if (!requireTools(t, OPENSSL)) return;
  const { certificate } = createSigningCertificate(temporaryDirectory(t), {
    extensions: ['1.2.840.113635.100.6.1.13'],
  });
  const requirement = encodeDesignatedRequirement(
    'node',
    new X509Certificate(readFileSync(certificate)),
    'HX7739G8FX',
  );
  assert.equal(
    requirement.toString('hex'),
    'fade0c01000000a4000000010000000300000014fade0c0000000090000000010000000600000002' +
      '000000046e6f6465000000060000000f000000060000000e000000010000000a2a864886f7636406' +
      '0206000000000000000000060000000e000000000000000a2a864886f7636406010d000000000000' +
      '0000000b000000000000000a7375626a6563742e4f550000000000010000000a4858373733394738' +
      '46580000',
  );
});

test("entitlements in DER are those of the Node.js project's own binary, byte by byte", () => {
  const names = [
    'com.apple.security.cs.allow-jit',
    'com.apple.security.cs.allow-unsigned-executable-memory',
    'com.apple.security.cs.disable-executable-page-protection',
    'com.apple.security.cs.allow-dyld-environment-variables',
    'com.apple.security.cs.disable-library-validation',
    'com.apple.security.get-task-allow',
  ];
  assert.equal(
    createHash('sha256').update(encodeDerEntitlements(names)).digest('hex'),
    'b528cd9eb7fd568b955215400474683889e7b62692c682d14edeffa698da2c6c',
  );
});
