import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The labels that OpenSSL reads (PEM_read_bio_X509(3)). */
const LABEL = /-----BEGIN (X509 )?CERTIFICATE-----(?=\s)/g;
const BOUNDARY = '-----';
const BASE64_LINES = /^[A-Za-z0-9+/=\s]*$/;
const LINE = /.{1,64}/g;

/** Certificates of a file or a directory. */
export interface CertificateFiles {
  /** Each is one certificate in PEM form (RFC 7468), in a uniform layout. */
  readonly certificates: readonly string[];
  /** Why some or all of them cannot be used, as the second half of a sentence. */
  readonly problem: string | undefined;
}

/** Returns the certificates in a text, in PEM form. Other text is ignored. */
export function splitPem(text: string): readonly string[] {
  return [...text.matchAll(LABEL)].flatMap((match) => {
    const start = match.index + match[0].length;
    // Up to the next boundary of any kind: so each character is read once. One regular expression for a
    // whole certificate takes quadratic time when a file repeats its beginning.
    const end = text.indexOf(BOUNDARY, start);
    const body = end === -1 ? '' : text.slice(start, end);
    const isClosed = text.startsWith(`-----END ${match[1] ?? ''}CERTIFICATE-----`, end);
    if (!isClosed || !BASE64_LINES.test(body)) return [];
    const lines = body.replace(/\s+/g, '').match(LINE) ?? [];
    if (lines.length === 0) return [];
    return [`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`];
  });
}

/** Reads a file of certificates in PEM form. Never rejects. */
export async function readCertificateFile(path: string): Promise<CertificateFiles> {
  let text: string;
  try {
    text = await readFile(path, 'latin1');
  } catch {
    return { certificates: [], problem: 'it cannot be read' };
  }
  const found = splitPem(text);
  const certificates = found.filter(isCertificate);
  if (found.length === 0) return { certificates, problem: 'it contains no PEM certificate' };
  return {
    certificates,
    problem: certificates.length < found.length ? 'it contains a broken certificate' : undefined,
  };
}

/**
 * Reads every file of a directory, as OpenSSL does for SSL_CERT_DIR. Files without a certificate are
 * ignored. Never rejects.
 */
export async function readCertificateDirectory(path: string): Promise<CertificateFiles> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch {
    return { certificates: [], problem: 'it cannot be read' };
  }
  const files = await Promise.all(names.map((name) => readCertificateFile(join(path, name))));
  const certificates = [...new Set(files.flatMap((file) => file.certificates))];
  return {
    certificates,
    problem: certificates.length === 0 ? 'it contains no PEM certificate' : undefined,
  };
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
