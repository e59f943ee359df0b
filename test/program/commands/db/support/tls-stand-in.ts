import { TLSSocket, createSecureContext } from 'node:tls';
import type { TestContext } from 'node:test';
import type { ServerCertificate } from '../../../../network/certificate-authority.ts';
import { startService, type TargetService } from '../../../port/support/target-service.ts';

/** The first byte of TLS (RFC 8446, section 5.1, `handshake`). */
const HANDSHAKE = 0x16;

/** A server with TLS for clients that are none: of PostgreSQL, which asks for it, or of Redis, which begins with it. */
export function startTlsStandIn(
  t: TestContext,
  certificate: ServerCertificate,
): Promise<TargetService> {
  const secureContext = createSecureContext(certificate);
  return startService(t, (socket) => {
    socket.once('data', (data: Buffer) => {
      socket.pause();
      if (data[0] === HANDSHAKE) socket.unshift(data);
      else socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => socket.destroy());
    });
  });
}
