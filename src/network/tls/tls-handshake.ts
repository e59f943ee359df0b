import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  connect,
  type ConnectionOptions,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { chainOf } from './certificate-chain.ts';

/** The result of a TLS handshake. */
export type Handshake =
  | { readonly kind: 'ready'; readonly socket: TLSSocket }
  | {
      readonly kind: 'failed';
      readonly error: Error;
      /** The certificates from the host's to the last known issuer; empty if none was received. */
      readonly chain: readonly PeerCertificate[];
    };

/**
 * Connects to a host over TLS, directly or through an open tunnel, and verifies its certificate and
 * name. Never rejects.
 *
 * @param host - name or address, without brackets
 * @param signal - stops it, with the signal's reason as the error
 */
export function performTlsHandshake(
  host: string,
  port: number,
  tunnel: Duplex | undefined,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<Handshake> {
  const options: ConnectionOptions = {
    host,
    port,
    servername: isIP(host) === 0 ? host : '',
    secureContext,
    ALPNProtocols: ['http/1.1'],
    // Set here so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
    rejectUnauthorized: true,
    ...(tunnel === undefined ? {} : { socket: tunnel }),
  };
  return new Promise((resolve) => {
    const socket = connect(options);
    let chain: readonly PeerCertificate[] = [];
    const abort = (): void => {
      socket.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort);
      tunnel?.destroy();
      resolve({ kind: 'failed', error, chain });
    };
    // The socket discards the certificates as soon as it refuses them. This event comes before that.
    socket.prependOnceListener('secure', () => {
      chain = chainOf(socket.getPeerCertificate(true));
    });
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
      resolve({ kind: 'ready', socket });
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
