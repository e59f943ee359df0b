import type { SecureContextOptions } from 'node:tls';

/**
 * Required of TLS: version 1.3, or 1.2 with forward secrecy and authenticated encryption (RFC 9325,
 * sections 3.1.1 and 4.2). Set here, because options of the runtime (`--tls-min-v1.0`,
 * `--tls-cipher-list`) could weaken its defaults.
 */
export const TLS_STRENGTH: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
    ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
    ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
    ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
    ...['DHE-RSA-AES256-GCM-SHA384', 'DHE-RSA-CHACHA20-POLY1305', 'DHE-RSA-AES128-GCM-SHA256'],
  ].join(':'),
};

/** Errors of OpenSSL: the peer offers nothing of {@link TLS_STRENGTH}. */
const TOO_WEAK: ReadonlySet<string> = new Set([
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_WRONG_CIPHER_RETURNED',
  'ERR_SSL_DH_KEY_TOO_SMALL',
]);

/** @param code - of an error of a TLS handshake */
export function isTooWeak(code: string): boolean {
  return TOO_WEAK.has(code);
}
