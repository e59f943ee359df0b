import type { PeerCertificate } from 'node:tls';
import { connectionProblem } from '../../failures/connection-failure.ts';
import {
  certificateInChain,
  certificateOf,
  networkFailures,
  someCertificate,
} from '../../failures/network.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { printableStart } from '../../lib/printable.ts';
import { NetworkError } from '../network-error.ts';
import { findNotValid, isSelfIssued } from './certificate-chain.ts';
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
  /** The certificates from the host's to the last known issuer; empty if none was received. */
  readonly chain: readonly PeerCertificate[];
  /** Trust settings that could not be used, each as a part of a sentence. */
  readonly problems: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Describes a failed handshake to the user, with the host, the issuer, and the variable that may help. */
export function describeTlsFailure(failure: TlsFailure): NetworkError {
  return new NetworkError(failureFor(systemCode(failure.error), failure), failure.error);
}

function failureFor(code: string, failure: TlsFailure): Failure<'certificate' | 'tls'> {
  const { host, error, chain, problems } = failure;
  const issuer = issuerName(chain[0]);
  const unfit = INVALID_CERTIFICATE.get(code);
  if (unfit !== undefined) return networkFailures['certificate-unfit'](host, issuer, unfit);
  const unused = problems.map((problem) => ` (${problem})`).join('');
  if (UNTRUSTED.has(code)) {
    const last = chain.at(-1);
    // OpenSSL trusts roots only. A host need not send its root (RFC 8446, section 4.4.2), so an issuer that it
    // does not send may be one, or a certificate before it.
    const kind =
      last !== undefined && isSelfIssued(last)
        ? 'certificate-untrusted'
        : 'certificate-issuer-unknown';
    return networkFailures[kind](host, issuer, issuerName(last), unused);
  }
  switch (code) {
    case SELF_SIGNED:
      return networkFailures['certificate-self-signed'](host, issuer, unused);
    case EXPIRED:
      return networkFailures['certificate-expired'](...notValid(failure));
    case NOT_YET_VALID:
      return networkFailures['certificate-not-yet-valid'](...notValid(failure));
    case WRONG_HOST:
      return networkFailures['certificate-wrong-host'](host, issuer, hostsOf(chain[0]));
    case NOT_TLS:
      return networkFailures['tls-missing'](host);
    default:
      return isTooWeak(code)
        ? networkFailures['tls-too-weak'](host)
        : networkFailures['tls-failed'](host, connectionProblem(error));
  }
}

/** Which certificate is not valid at this time, and when it is: OpenSSL does not report it. */
function notValid({ host, chain, now }: TlsFailure): [certificate: string, period: string] {
  const certificate = findNotValid(chain, now);
  if (certificate === undefined) return [someCertificate(host), ''];
  const { valid_from: from, valid_to: to } = certificate;
  const named =
    certificate === chain[0]
      ? certificateOf(host, issuerName(certificate))
      : certificateInChain(host, nameOf(certificate.subject), issuerName(certificate));
  return [named, ` (valid from ${fromCertificate(from)} to ${fromCertificate(to)})`];
}

/** The common name of a distinguished name, or the organization if it has none (RFC 5280). */
function nameOf(name: PeerCertificate['issuer'] | undefined): string | undefined {
  const text = [name?.CN, name?.O, name?.OU].flat().find((part) => part !== undefined);
  return text === undefined ? undefined : `"${fromCertificate(text)}"`;
}

function issuerName(certificate: PeerCertificate | undefined): string {
  return nameOf(certificate?.issuer) ?? 'an unnamed issuer';
}

/** The hosts that a certificate names (subjectAltName, RFC 6125; else the common name). */
function hostsOf(certificate: PeerCertificate | undefined): string {
  const names =
    certificate?.subjectaltname ?? [certificate?.subject.CN ?? 'none'].flat().join(', ');
  return fromCertificate(names.replaceAll('DNS:', '').replaceAll('IP Address:', ''));
}

/** The text of a certificate comes from an unknown host. */
function fromCertificate(text: string): string {
  return printableStart(text, MAX_TEXT_CHARACTERS);
}
