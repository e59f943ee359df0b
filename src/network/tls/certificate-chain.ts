import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';

/**
 * The certificates from that of a host to the last known issuer: those that the host has sent, then those of
 * the trusted roots.
 *
 * @param certificate - with its issuers, as `getPeerCertificate(true)` of a TLS socket returns it; it is an
 * object without properties when the host has sent none
 */
export function chainOf(certificate: DetailedPeerCertificate): readonly PeerCertificate[] {
  const chain = new Set<DetailedPeerCertificate>();
  let next: DetailedPeerCertificate | undefined =
    'subject' in certificate ? certificate : undefined;
  // A root is its own issuer.
  while (next !== undefined && !chain.has(next)) {
    chain.add(next);
    next = 'issuerCertificate' in next ? next.issuerCertificate : undefined;
  }
  return [...chain];
}

/** Whether a certificate names itself as its issuer, as roots do (RFC 5280, section 3.2). */
export function isSelfIssued({ subject, issuer }: PeerCertificate): boolean {
  return isDeepStrictEqual(subject, issuer);
}

/** The first certificate of a chain that is not valid at this time, in milliseconds since the epoch. */
export function findNotValid(
  chain: readonly PeerCertificate[],
  now: number,
): PeerCertificate | undefined {
  return chain.find(
    ({ valid_from: from, valid_to: to }) => now < Date.parse(from) || now > Date.parse(to),
  );
}
