import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { runTool, ToolError, type Tool } from './tool.ts';

/** A certificate with its private key, and what vouches for it. */
export interface SigningIdentity {
  /** RSA. */
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
  /** The certificate, who issued it, who issued that one and so on, as far as the file has them. */
  readonly chain: readonly X509Certificate[];
}

/** A signing identity that cannot be used. The message names the file, never what is in it. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
}

const OPENSSL: Tool = { program: 'openssl', debianPackage: 'openssl' };
const PEM_KEY = /-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----/s;
const PEM_CERTIFICATES = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;

/**
 * Reads a PKCS#12 file (RFC 7292). The key stays in memory; the password stays in its file.
 *
 * @param path - of the PKCS#12 file
 * @param passwordFile - its first line is the password
 * @throws IdentityError when the files are missing, do not fit, or hold no RSA key with certificate
 */
export function readSigningIdentity(path: string, passwordFile: string): SigningIdentity {
  for (const file of [path, passwordFile]) {
    if (!existsSync(file)) throw new IdentityError(`${file}: there is no such file`);
  }
  const pem = readPkcs12(path, passwordFile);
  const keyPem = PEM_KEY.exec(pem)?.[0];
  if (keyPem === undefined) throw new IdentityError(`${path} holds no private key`);
  const key = createPrivateKey(keyPem);
  if (key.asymmetricKeyType !== 'rsa') {
    throw new IdentityError(`${path} holds a key that is not RSA; Apple's signatures are RSA`);
  }
  const certificates = Array.from(
    pem.matchAll(PEM_CERTIFICATES),
    ([text]) => new X509Certificate(text),
  );
  const certificate = certificates.find((candidate) => candidate.checkPrivateKey(key));
  if (certificate === undefined) {
    throw new IdentityError(`${path} holds no certificate of its private key`);
  }
  return { key, certificate, chain: chainOf(certificate, certificates) };
}

/** OpenSSL 3 reads the ciphers that macOS exports with (RC2, 3DES) only when asked to. */
function readPkcs12(path: string, passwordFile: string): string {
  const read = ['pkcs12', '-in', path, '-passin', `file:${passwordFile}`, '-nodes'];
  try {
    return runTool(OPENSSL, read).toString('latin1');
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (!error.message.includes('unsupported')) throw unreadable(path, passwordFile, error);
  }
  try {
    return runTool(OPENSSL, [...read, '-legacy']).toString('latin1');
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw unreadable(path, passwordFile, error);
  }
}

function unreadable(path: string, passwordFile: string, error: ToolError): IdentityError {
  const advice = `${path} cannot be read with the password in ${passwordFile}`;
  return new IdentityError(`${advice}: ${error.message}`);
}

function chainOf(
  certificate: X509Certificate,
  certificates: readonly X509Certificate[],
): X509Certificate[] {
  const chain = [certificate];
  for (;;) {
    const last = chain.at(-1) ?? certificate;
    const issuer = certificates.find(
      (candidate) => !chain.includes(candidate) && last.checkIssued(candidate),
    );
    if (issuer === undefined) return chain;
    chain.push(issuer);
  }
}
