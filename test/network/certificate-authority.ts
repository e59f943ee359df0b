import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../build/tool.ts';
import { OPENSSL } from '../support/tools.ts';

/** A server's certificate and its key, PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority that is not trusted by default. */
export interface CertificateAuthority {
  /** Name of its own certificate's file, PEM. */
  readonly file: string;
  readonly certificate: string;
  /**
   * Issues a certificate.
   *
   * @param names - subjectAltName entries as OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`
   * @param days - of validity from now; -1 for one that has expired
   * @param key - how OpenSSL makes the key
   */
  issue(names: readonly string[], days?: number, key?: readonly string[]): ServerCertificate;
}

const DAYS = '30';
/** Key exchange without forward secrecy needs an RSA key. */
export const NEW_RSA_KEY = ['-newkey', 'rsa:2048', '-nodes'];
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** @param directory - takes its files */
export function createAuthority(directory: string, name: string): CertificateAuthority {
  const openssl = (...args: string[]): void => {
    runTool(OPENSSL, args, { cwd: directory });
  };
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
  const own = name.replaceAll(/\W/g, '-');
  openssl(
    ...['req', '-x509', ...NEW_KEY, '-subj', `/CN=${name}`, '-days', DAYS],
    ...['-addext', 'basicConstraints=critical,CA:TRUE'],
    ...['-keyout', `${own}.key`, '-out', `${own}.pem`],
  );
  let serial = 0;
  return {
    file: join(directory, `${own}.pem`),
    certificate: read(`${own}.pem`),
    issue(names, days = Number(DAYS), key = NEW_KEY) {
      const leaf = `${own}-${++serial}`;
      openssl(
        ...['req', '-new', ...key, '-subj', '/CN=server'],
        ...['-keyout', `${leaf}.key`, '-out', `${leaf}.csr`],
      );
      writeFileSync(join(directory, `${leaf}.ext`), `subjectAltName=${names.join(',')}\n`);
      openssl(
        ...['x509', '-req', '-in', `${leaf}.csr`, '-CA', `${own}.pem`, '-CAkey', `${own}.key`],
        ...['-CAcreateserial', '-days', String(days)],
        ...['-extfile', `${leaf}.ext`, '-out', `${leaf}.pem`],
      );
      return { key: read(`${leaf}.key`), cert: read(`${leaf}.pem`) };
    },
  };
}

/** A self-signed certificate. */
export function createSelfSigned(directory: string, name: string): ServerCertificate {
  runTool(
    OPENSSL,
    [
      ...['req', '-x509', ...NEW_KEY, '-subj', '/CN=self-signed server', '-days', DAYS],
      ...['-addext', `subjectAltName=${name}`],
      ...['-keyout', 'self-signed.key', '-out', 'self-signed.pem'],
    ],
    { cwd: directory },
  );
  return {
    key: readFileSync(join(directory, 'self-signed.key'), 'utf8'),
    cert: readFileSync(join(directory, 'self-signed.pem'), 'utf8'),
  };
}
