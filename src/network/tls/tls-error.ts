import type { PeerCertificate } from 'node:tls';
import { connectionProblem } from '../../failures/connection-failure.ts';
import { networkFailures } from '../../failures/network.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { printableStart } from '../../lib/printable.ts';
import { NetworkError } from '../network-error.ts';
import { isTooWeak } from './tls-strength.ts';

/** Longest part of a certificate's names and dates that is shown. */
const MAX_TEXT_CHARACTERS = 200;

/** Verification errors of OpenSSL: no trusted root has signed the certificate. */
const UNTRUSTED = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_CHAIN_TOO_LONG',
]);

/** Verification errors of OpenSSL with another cause than missing trust, and their text for the user. */
const INVALID_CERTIFICATE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    CERT_REVOKED: 'is revoked',
    INVALID_CA: 'comes from a certificate that may not issue others',
    PATH_LENGTH_EXCEEDED: 'has too long a chain of issuers',
    INVALID_PURPOSE: 'is not made for a server',
    CERT_REJECTED: 'is marked as rejected',
    UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'has a broken signature',
    UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'has an issuer whose key cannot be read',
  }),
);

const SELF_SIGNED = 'DEPTH_ZERO_SELF_SIGNED_CERT';
const EXPIRED = 'CERT_HAS_EXPIRED';
const NOT_YET_VALID = 'CERT_NOT_YET_VALID';
const WRONG_HOST = 'ERR_TLS_CERT_ALTNAME_INVALID';
const NOT_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

/** Whether a chain of certificates was refused. Then more roots may change the outcome. */
export function isChainRefused(error: Error): boolean {
  const code = systemCode(error);
  return (
    UNTRUSTED.has(code) ||
    INVALID_CERTIFICATE.has(code) ||
    [SELF_SIGNED, EXPIRED, NOT_YET_VALID].includes(code)
  );
}

/** A TLS handshake that failed. */
export interface TlsFailure {
  /** Name or address of the host, without brackets. */
  readonly host: string;
  readonly error: Error;
  readonly certificate: PeerCertificate | undefined;
  /** Trust settings that could not be used, each as a part of a sentence. */
  readonly problems: readonly string[];
}

/** Describes a failed handshake to the user, with the host, the issuer, and the variable that may help. */
export function describeTlsFailure(failure: TlsFailure): NetworkError {
  const { error, certificate } = failure;
  const code = systemCode(error);
  const issuer = nameOf(certificate?.issuer);
  const unused = failure.problems.map((problem) => ` (${problem})`).join('');
  return new NetworkError(failureFor(code, failure, { issuer, unused }), error);
}

function failureFor(
  code: string,
  { host, error, certificate }: TlsFailure,
  { issuer, unused }: { readonly issuer: string; readonly unused: string },
): Failure<'certificate' | 'tls'> {
  const unfit = INVALID_CERTIFICATE.get(code);
  if (unfit !== undefined) return networkFailures['certificate-unfit'](host, issuer, unfit);
  if (UNTRUSTED.has(code)) return networkFailures['certificate-untrusted'](host, issuer, unused);
  switch (code) {
    case SELF_SIGNED:
      return networkFailures['certificate-self-signed'](host, issuer, unused);
    case EXPIRED:
      return networkFailures['certificate-expired'](host, issuer, period(certificate));
    case NOT_YET_VALID:
      return networkFailures['certificate-not-yet-valid'](host, issuer, period(certificate));
    case WRONG_HOST:
      return networkFailures['certificate-wrong-host'](host, issuer, hostsOf(certificate));
    case NOT_TLS:
      return networkFailures['tls-missing'](host);
    default:
      return isTooWeak(code)
        ? networkFailures['tls-too-weak'](host)
        : networkFailures['tls-failed'](host, connectionProblem(error));
  }
}

/** The common name of a distinguished name, or the organization if it has none (RFC 5280). */
function nameOf(name: PeerCertificate['issuer'] | undefined): string {
  const text = [name?.CN, name?.O, name?.OU].flat().find((part) => part !== undefined);
  return text === undefined ? 'an unnamed issuer' : `"${fromCertificate(text)}"`;
}

/** The hosts that a certificate names (subjectAltName, RFC 6125; else the common name). */
function hostsOf(certificate: PeerCertificate | undefined): string {
  const names =
    certificate?.subjectaltname ?? [certificate?.subject.CN ?? 'none'].flat().join(', ');
  return fromCertificate(names.replaceAll('DNS:', '').replaceAll('IP Address:', ''));
}

function period(certificate: PeerCertificate | undefined): string {
  if (certificate === undefined) return '';
  return ` (valid from ${fromCertificate(certificate.valid_from)} to ${fromCertificate(certificate.valid_to)})`;
}

/** The text of a certificate comes from an unknown host. */
function fromCertificate(text: string): string {
  return printableStart(text, MAX_TEXT_CHARACTERS);
}
