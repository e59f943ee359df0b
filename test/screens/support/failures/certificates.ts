import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../../../build/tool.ts';
import { OPENSSL } from '../../../support/tools.ts';
import type { ServerCertificate } from '../../../network/certificate-authority.ts';

/** What makes a certificate different from a good one for 127.0.0.1. */
export interface CertificateFault {
  /** As OpenSSL writes it: `DNS:other.example`. */
  readonly name?: string;
  /** When it is valid, as `YYYYMMDDHHMMSSZ`. */
  readonly period?: readonly [from: string, to: string];
  /** What it is made for, as OpenSSL names it: `clientAuth`. */
  readonly purpose?: string;
}

/** The root certificate of a company. */
export interface CompanyRoot {
  /** Name of its file, PEM. */
  readonly file: string;
  /** Issues a certificate for 127.0.0.1. */
  issue(fault?: CertificateFault): ServerCertificate;
}

const VALID = ['20200101000000Z', '21200101000000Z'] as const;
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
/** For `openssl ca`: of its commands, only this one takes the dates of a certificate. */
const SETTINGS = `
[ca]
default_ca = company
[company]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any_name
certificate = root.pem
private_key = root.key
unique_subject = no
[any_name]
commonName = supplied
`;

/** @param directory - takes its files; does not exist yet */
export function createCompanyRoot(directory: string): CompanyRoot {
  mkdirSync(directory);
  const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
  const openssl = (...args: readonly string[]): void => {
    runTool(OPENSSL, args, { cwd: directory });
  };
  write('settings', SETTINGS);
  write('index', '');
  write('serial', '01\n');
  openssl(
    ...['req', '-x509', ...NEW_KEY, '-subj', '/CN=Company Root', '-days', '36500'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE'],
    ...['-keyout', 'root.key', '-out', 'root.pem'],
  );
  openssl('req', '-new', ...NEW_KEY, '-subj', '/CN=server', '-keyout', 'key', '-out', 'request');
  return {
    file: join(directory, 'root.pem'),
    issue({ name = 'IP:127.0.0.1', period: [from, to] = VALID, purpose = 'serverAuth' } = {}) {
      write('extensions', `subjectAltName=${name}\nextendedKeyUsage=${purpose}\n`);
      openssl(
        ...['ca', '-batch', '-config', 'settings', '-in', 'request', '-out', 'certificate'],
        ...['-notext', '-startdate', from, '-enddate', to, '-extfile', 'extensions'],
      );
      return { key: read('key'), cert: read('certificate') };
    },
  };
}
