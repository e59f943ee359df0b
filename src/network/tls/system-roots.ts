import * as tls from 'node:tls';
import { readCertificateFile, splitPem } from './certificate-files.ts';

/** Where the Linux distributions and BSDs keep the certificates their users trust, in one file. */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
] as const;

/**
 * The certificates the operating system trusts: its own and those an administrator added to its
 * store. Node.js reads them from 22.15 on; before that they are known where the system keeps them in
 * a file. Never rejects: a system without a store trusts nothing more.
 */
export async function readSystemRoots(): Promise<readonly string[]> {
  if (typeof tls.getCACertificates === 'function') {
    try {
      return tls.getCACertificates('system').flatMap(splitPem);
    } catch {
      return [];
    }
  }
  for (const path of SYSTEM_FILES) {
    const { certificates } = await readCertificateFile(path);
    if (certificates.length > 0) return certificates;
  }
  return [];
}
