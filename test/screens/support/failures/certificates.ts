import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../../../build/tool.ts';
import { OPENSSL } from '../../../support/tools.ts';
import type { ServerCertificate } from '../../../network/certificate-authority.ts';

/** What makes a certificate different from a good one for 127.0.0.1. */
export interface CertificateFault {
  /** As OpenSSL writes it: `DNS:other.example`. */
  readonly name?: string;
  readonly period?: Period;
  /** What it is made for, as OpenSSL names it: `clientAuth`. */
  readonly purpose?: string;
}

/** When a certificate is valid, as `YYYYMMDDHHMMSSZ`. */
type Period = readonly [from: string, to: string];

/** The root certificate of a company. */
export interface CompanyRoot {
  /** Name of its file, PEM. */
  readonly file: string;
  /** Issues a certificate for 127.0.0.1. */
  issue(fault?: CertificateFault): ServerCertificate;
  /** Issues one for the company's proxy, called `Company Proxy`, which then issues one for 127.0.0.1. */
  issueByProxy(period?: Period): ServerCertificate;
}

const VALID: Period = ['20200101000000Z', '21200101000000Z'];
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
  const request = (name: string): void => {
    openssl('req', '-new', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', 'key', '-out', 'request');
  };
  const sign = ([from, to]: Period, ...extensions: readonly string[]): string => {
    write('extensions', extensions.join('\n'));
    openssl(
      ...['ca', '-batch', '-config', 'settings', '-in', 'request', '-out', 'certificate'],
      ...['-notext', '-startdate', from, '-enddate', to, '-extfile', 'extensions'],
    );
    return read('certificate');
  };
  return {
    file: join(directory, 'root.pem'),
    issue({ name = 'IP:127.0.0.1', period = VALID, purpose = 'serverAuth' } = {}) {
      request('server');
      const cert = sign(period, `subjectAltName=${name}`, `extendedKeyUsage=${purpose}`);
      return { key: read('key'), cert };
    },
    issueByProxy(period = VALID) {
      request('Company Proxy');
      const proxy = sign(period, 'basicConstraints=critical,CA:TRUE');
      write('proxy.pem', proxy);
      write('proxy.key', read('key'));
      request('server');
      write('extensions', 'subjectAltName=IP:127.0.0.1');
      openssl(
        ...['x509', '-req', '-in', 'request', '-CA', 'proxy.pem', '-CAkey', 'proxy.key'],
        ...['-CAcreateserial', '-days', '36500', '-extfile', 'extensions', '-out', 'certificate'],
      );
      return { key: read('key'), cert: read('certificate') + proxy };
    },
  };
}
