import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../build/tool.ts';
import { OPENSSL } from '../support/tools.ts';

/** A server's certificate and its key, PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** What issues certificates. */
export interface Issuer {
  /**
   * Issues a certificate.
   *
   * @param names - subjectAltName entries as OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`
   * @param days - of validity from now; -1 for one that has expired
   * @param key - how OpenSSL makes the key
   */
  issue(names: readonly string[], days?: number, key?: readonly string[]): ServerCertificate;
  /**
   * Issues a certificate that may issue others: what these send begins with their own certificate, and this one
   * follows.
   *
   * @param name - the common name; empty for a certificate without a name
   * @param days - of validity from now; -1 for one that has expired
   */
  issueAuthority(name: string, days?: number): Issuer;
}

/** A certificate authority that is not trusted by default. */
export interface CertificateAuthority extends Issuer {
  /** Name of its own certificate's file, PEM. */
  readonly file: string;
  readonly certificate: string;
}

/** A server that sends only its own certificate. */
export function withoutIssuer({ key, cert }: ServerCertificate): ServerCertificate {
  const end = '-----END CERTIFICATE-----\n';
  return { key, cert: cert.slice(0, cert.indexOf(end) + end.length) };
}

const DAYS = 30;
/** Key exchange without forward secrecy needs an RSA key. */
export const NEW_RSA_KEY = ['-newkey', 'rsa:2048', '-nodes'];
const IS_AUTHORITY = 'basicConstraints=critical,CA:TRUE';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * @param directory - takes its files
 * @param days - of validity from now; -1 for one that has expired
 */
export function createAuthority(
  directory: string,
  name: string,
  days = DAYS,
): CertificateAuthority {
  const own = fileName(name);
  sign(directory, own, `/CN=${name}`, { days, extension: IS_AUTHORITY });
  return {
    file: join(directory, `${own}.pem`),
    certificate: readFileSync(join(directory, `${own}.pem`), 'utf8'),
    ...createIssuer(directory, own, ''),
  };
}

/** @param chain - what servers send after their own certificate, PEM */
function createIssuer(directory: string, own: string, chain: string): Issuer {
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
  let serial = 0;
  return {
    issue(names, days = DAYS, key = NEW_KEY) {
      const leaf = `${own}-${++serial}`;
      const extension = `subjectAltName=${names.join(',')}`;
      sign(directory, leaf, '/CN=server', { by: own, days, key, extension });
      return { key: read(`${leaf}.key`), cert: read(`${leaf}.pem`) + chain };
    },
    issueAuthority(name, days = DAYS) {
      const file = fileName(name);
      sign(directory, file, subjectOf(name), { by: own, days, extension: IS_AUTHORITY });
      return createIssuer(directory, file, read(`${file}.pem`) + chain);
    },
  };
}

interface Signing {
  /** The file of its issuer, without ending; itself without one. */
  readonly by?: string;
  readonly days: number;
  readonly key?: readonly string[];
  readonly extension: string;
}

/** Writes a new key and a certificate for it. */
function sign(
  directory: string,
  file: string,
  subject: string,
  { by, days, key = NEW_KEY, extension }: Signing,
): void {
  const openssl = (...args: readonly string[]): void => {
    runTool(OPENSSL, args, { cwd: directory });
  };
  openssl('req', '-new', ...key, '-subj', subject, '-keyout', `${file}.key`, '-out', `${file}.csr`);
  writeFileSync(join(directory, `${file}.ext`), `${extension}\n`);
  const issuer =
    by === undefined
      ? ['-signkey', `${file}.key`]
      : ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial'];
  // Of OpenSSL's commands, this one takes negative numbers of days.
  openssl(
    ...['x509', '-req', '-in', `${file}.csr`, ...issuer, '-days', String(days)],
    ...['-extfile', `${file}.ext`, '-out', `${file}.pem`],
  );
}

function fileName(name: string): string {
  return name === '' ? 'unnamed' : name.replaceAll(/\W/g, '-');
}

/** As OpenSSL writes it. */
function subjectOf(name: string): string {
  return name === '' ? '/' : `/CN=${name}`;
}

/** A self-signed certificate. */
export function createSelfSigned(directory: string, name: string): ServerCertificate {
  runTool(
    OPENSSL,
    [
      ...['req', '-x509', ...NEW_KEY, '-subj', '/CN=self-signed server', '-days', String(DAYS)],
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
