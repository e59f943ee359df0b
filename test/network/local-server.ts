import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { CleanupScope } from '../support/cleanup-scope.ts';
import type { ServerCertificate } from './certificate-authority.ts';

/**
 * The unspecified address. It reaches this machine, but is not its loopback, which never uses a proxy.
 */
export const NOT_LOOPBACK = '0.0.0.0';

/** Listens on every IPv4 address of this machine until the test ends. @returns the port */
export async function listen(context: CleanupScope, server: Server): Promise<number> {
  server.listen(0, NOT_LOOPBACK);
  await once(server, 'listening');
  context.after(async () => {
    const closed = once(server, 'close');
    server.close();
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

/**
 * Serves HTTPS, or HTTP without a certificate, until the test ends.
 *
 * @param tls - what HTTPS offers, when it is not what Node.js does
 * @returns the port
 */
export function serve(
  context: CleanupScope,
  listener: RequestListener,
  certificate?: ServerCertificate,
  tls: ServerOptions = {},
): Promise<number> {
  const server =
    certificate === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ ...tls, key: certificate.key, cert: certificate.cert }, listener);
  return listen(context, server);
}
