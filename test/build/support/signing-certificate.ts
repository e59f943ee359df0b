import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from '../../support/child-process.ts';

/** A certificate that was made for a test, with its key, in a PKCS#12 file. */
export interface SigningCertificate {
  /** Path of the PKCS#12 file. */
  readonly pkcs12: string;
  readonly passwordFile: string;
  readonly password: string;
  /** Path of the authority's own certificate, PEM. */
  readonly authority: string;
  /** Path of the certificate itself, PEM. */
  readonly certificate: string;
}

/** What the certificate and its file are to be like. */
export interface CertificateOptions {
  /** Object identifiers of extensions without content. */
  readonly extensions?: readonly string[];
  readonly newKey?: readonly string[];
  /** Ciphers as macOS exports with them, which OpenSSL 3 calls legacy. */
  readonly oldCiphers?: boolean;
}

/** The team of the certificates. */
export const TEAM = 'ABCDE12345';

const PASSWORD = 'correct horse battery staple';
const RSA_KEY = ['-newkey', 'rsa:2048'];

/** Makes an authority, a certificate for code signing that it issues, and its PKCS#12 file. */
export function createSigningCertificate(
  directory: string,
  options: CertificateOptions = {},
): SigningCertificate {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  };
  const { extensions = [], newKey = RSA_KEY, oldCiphers = false } = options;
  openssl(
    ...['req', '-x509', ...RSA_KEY, '-nodes', '-subj', '/CN=Test Authority', '-days', '30'],
    ...['-keyout', 'authority.key', '-out', 'authority.pem'],
  );
  openssl(
    ...['req', '-new', ...newKey, '-nodes', '-subj', `/O=Test/OU=${TEAM}/CN=Test Signer`],
    ...['-keyout', 'signer.key', '-out', 'signer.csr'],
  );
  // DER of NULL: what Apple's extensions hold too.
  const lines = extensions.map((identifier) => `${identifier}=critical,DER:0500\n`);
  writeFileSync(join(directory, 'signer.ext'), `extendedKeyUsage=codeSigning\n${lines.join('')}`);
  openssl(
    ...['x509', '-req', '-in', 'signer.csr', '-CA', 'authority.pem', '-CAkey', 'authority.key'],
    ...['-CAcreateserial', '-days', '30', '-extfile', 'signer.ext', '-out', 'signer.pem'],
  );
  writeFileSync(join(directory, 'password'), `${PASSWORD}\n`, { mode: 0o600 });
  openssl(
    ...['pkcs12', '-export', '-inkey', 'signer.key', '-in', 'signer.pem'],
    ...['-certfile', 'authority.pem', '-passout', 'file:password', '-out', 'signer.p12'],
    ...(oldCiphers ? ['-legacy'] : []),
  );
  return {
    pkcs12: join(directory, 'signer.p12'),
    passwordFile: join(directory, 'password'),
    password: PASSWORD,
    authority: join(directory, 'authority.pem'),
    certificate: join(directory, 'signer.pem'),
  };
}
