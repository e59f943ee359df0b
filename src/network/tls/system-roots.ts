import * as tls from 'node:tls';
import { readCertificateFile, splitPem } from './certificate-files.ts';

/** Files in which Linux distributions and BSDs keep all trusted certificates. */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
] as const;

/**
 * Reads the certificates that the operating system trusts: its own and those that an administrator
 * added to its store. Node.js 22.15 and later read the store; with older versions only the files of
 * some systems are read. Never rejects: without a store the result is empty.
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
