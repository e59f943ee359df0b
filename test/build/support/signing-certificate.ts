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
}

const PASSWORD = 'correct horse battery staple';
const RSA_KEY = ['-newkey', 'rsa:2048'];

/** Makes an authority, a certificate for code signing that it issues, and its PKCS#12 file. */
export function createSigningCertificate(directory: string): SigningCertificate {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  };
  openssl(
    ...['req', '-x509', ...RSA_KEY, '-nodes', '-subj', '/CN=Test Authority', '-days', '30'],
    ...['-keyout', 'authority.key', '-out', 'authority.pem'],
  );
  openssl(
    ...['req', '-new', ...RSA_KEY, '-nodes', '-subj', '/O=Test/CN=Test Signer'],
    ...['-keyout', 'signer.key', '-out', 'signer.csr'],
  );
  writeFileSync(join(directory, 'signer.ext'), 'extendedKeyUsage=codeSigning\n');
  openssl(
    ...['x509', '-req', '-in', 'signer.csr', '-CA', 'authority.pem', '-CAkey', 'authority.key'],
    ...['-CAcreateserial', '-days', '30', '-extfile', 'signer.ext', '-out', 'signer.pem'],
  );
  writeFileSync(join(directory, 'password'), `${PASSWORD}\n`, { mode: 0o600 });
  openssl(
    ...['pkcs12', '-export', '-inkey', 'signer.key', '-in', 'signer.pem'],
    ...['-certfile', 'authority.pem', '-passout', 'file:password', '-out', 'signer.p12'],
  );
  return {
    pkcs12: join(directory, 'signer.p12'),
    passwordFile: join(directory, 'password'),
    password: PASSWORD,
    authority: join(directory, 'authority.pem'),
  };
}
