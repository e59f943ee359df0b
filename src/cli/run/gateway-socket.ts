import { checkStreamUrl } from '../../aws/signing/signing-policy.ts';
import type { Network } from '../../network/network.ts';
import { isNetworkError } from '../../network/network-error.ts';
import { sessionFailures } from '../../failures/session.ts';
import { failureOf } from '../../lib/errors/program-error.ts';
import { SocketError, type OpenSocket } from '../../socket/socket.ts';

/**
 * Opens sockets to the message gateway through the configured proxy. They trust the certificates that
 * the user has configured. Without TLS they connect to this machine only.
 */
export function openGatewaySocket(network: Network, openSocket: OpenSocket): OpenSocket {
  return async (request, events) => {
    const verdict = checkStreamUrl(request.url, []);
    if (verdict.kind === 'refuse')
      throw new SocketError(sessionFailures['gateway-address-insecure'](verdict.reason));
    try {
      const agent = network.agent(new URL(request.url));
      return await openSocket({ ...request, agent }, events);
    } catch (error) {
      if (isNetworkError(error) && error.reason === 'certificate') {
        throw new SocketError({ ...failureOf(error), reason: 'tls' });
      }
      throw error;
    }
  };
}
