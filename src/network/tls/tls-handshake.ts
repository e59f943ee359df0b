import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  connect,
  type ConnectionOptions,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';

/** What came of a TLS handshake. */
export type Handshake =
  | { readonly kind: 'ready'; readonly socket: TLSSocket }
  | {
      readonly kind: 'failed';
      readonly error: Error;
      /** The certificate that was shown, when it came that far. */
      readonly certificate: PeerCertificate | undefined;
    };

/**
 * Connects to a host over TLS, directly or through an open tunnel, and verifies its certificate and
 * name. Never rejects.
 *
 * @param host - name or address, without brackets
 * @param signal - gives up, with the signal's reason as the error
 */
export function shakeHands(
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
    // Said here so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
    rejectUnauthorized: true,
    ...(tunnel === undefined ? {} : { socket: tunnel }),
  };
  return new Promise((resolve) => {
    const socket = connect(options);
    let certificate: PeerCertificate | undefined;
    const abort = (): void => {
      socket.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort);
      tunnel?.destroy();
      resolve({ kind: 'failed', error, certificate });
    };
    // The socket forgets the certificate as soon as it has found it wanting; this event comes before.
    socket.prependOnceListener('secure', () => {
      certificate = socket.getPeerCertificate();
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
