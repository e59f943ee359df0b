import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  checkServerIdentity,
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
      /** The certificates from the host's to the last known issuer, as far as they were read. */
      readonly chain: readonly PeerCertificate[];
    };

/** With whom a TLS handshake is done, and how. */
export interface HandshakeRequest {
  /** Name or address, without brackets. */
  readonly host: string;
  /** The open connection to the host. It is destroyed when the handshake fails. */
  readonly tunnel: Duplex;
  readonly secureContext: SecureContext;
  /** Stops it, with the signal's reason as the error. */
  readonly signal: AbortSignal;
  /**
   * Whether the chain of a certificate that is not trusted is read, to describe it. That takes 0.2 ms of every
   * handshake, because the socket discards the certificates as soon as it refuses them.
   */
  readonly readsChain: boolean;
  /** What is spoken in it (RFC 7301); HTTP by default. */
  readonly protocols?: readonly string[];
}

/** Secures an open connection by TLS, and verifies the certificate and the name of its host. Never rejects. */
export function performTlsHandshake(request: HandshakeRequest): Promise<Handshake> {
  const { host, tunnel, secureContext, signal, readsChain, protocols = ['http/1.1'] } = request;
  let chain: readonly PeerCertificate[] = [];
  const options: ConnectionOptions = {
    host,
    socket: tunnel,
    servername: isIP(host) === 0 ? host : '',
    secureContext,
    ALPNProtocols: [...protocols],
    // Set here so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
    rejectUnauthorized: true,
    // Called with a trusted certificate. One for another host is described without its chain.
    checkServerIdentity(name, certificate) {
      if (chain.length === 0) chain = [certificate];
      return checkServerIdentity(name, certificate);
    },
  };
  return new Promise((resolve) => {
    const socket = connect(options);
    const abort = (): void => {
      socket.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    };
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort);
      tunnel.destroy();
      resolve({ kind: 'failed', error, chain });
    };
    if (readsChain) {
      // Before the socket verifies them.
      socket.prependOnceListener('secure', () => {
        chain = chainOf(socket.getPeerCertificate(true));
      });
    }
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
