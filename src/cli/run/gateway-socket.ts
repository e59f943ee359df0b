import { judgeStreamUrl } from '../../aws/signing/signing-policy.ts';
import type { Network } from '../../network/network.ts';
import { isNetworkError } from '../../network/network-error.ts';
import { SocketError, type OpenSocket } from '../../socket/socket.ts';

/**
 * Opens sockets to the message gateway the way connections leave this machine: through the proxy,
 * trusting the roots the user has configured, and without TLS to this machine only.
 */
export function openGatewaySocket(network: Network, openSocket: OpenSocket): OpenSocket {
  return async (request, events) => {
    const verdict = judgeStreamUrl(request.url, []);
    if (verdict.kind === 'refuse') throw new SocketError('insecure', verdict.reason);
    try {
      const agent = network.agent(new URL(request.url));
      return await openSocket({ ...request, agent }, events);
    } catch (error) {
      if (isNetworkError(error) && error.reason === 'certificate') {
        throw new SocketError('tls', error.message);
      }
      throw error;
    }
  };
}
