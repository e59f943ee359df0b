import type { X509Certificate } from 'node:crypto';

/** What Apple gives its members: the form that a team has in the subject of their certificates. */
const TEAM = /^OU=([0-9A-Z]{10})$/m;

/** The team of a certificate: its organizational unit, where that has the form of a team. */
export function teamIdentifierOf(certificate: X509Certificate): string | undefined {
  return TEAM.exec(certificate.subject)?.[1];
}
