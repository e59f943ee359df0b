import type { UpgradeSigner } from '../../../aws/signing/upgrade-signer.ts';
import { checkStreamUrl } from '../../../aws/signing/signing-policy.ts';
import type { Network } from '../../../network/network.ts';
import { isNetworkError } from '../../../network/network-error.ts';
import { sessionFailures } from '../../../failures/session.ts';
import type { Clock } from '../../../lib/clock.ts';
import { failureOf } from '../../../lib/errors/program-error.ts';
import { SocketError, type OpenSocket } from '../../../socket/socket.ts';
import type { WebSocketRequest } from '../../../socket/web-socket.ts';

/** What sockets to the message gateway are opened with. */
export interface GatewayOptions {
  readonly network: Pick<Network, 'createConnection'>;
  readonly clock: Clock;
  readonly signUpgrade: UpgradeSigner;
  readonly openWebSocket: OpenSocket<WebSocketRequest>;
}

/**
 * Opens sockets to the message gateway through the configured proxy, each signed anew when there are credentials.
 * They trust the certificates that the user has configured. Without TLS they connect to this machine only.
 */
export function openGatewaySocket({
  network,
  clock,
  signUpgrade,
  openWebSocket,
}: GatewayOptions): OpenSocket {
  return async (request, events) => {
    const headers = await signUpgrade(request.url);
    const verdict = checkStreamUrl(request.url, []);
    if (verdict.kind === 'refuse')
      throw new SocketError(sessionFailures['gateway-address-insecure'](verdict.reason));
    try {
      const createConnection = network.createConnection(new URL(request.url));
      return await openWebSocket({ ...request, headers, clock, createConnection }, events);
    } catch (error) {
      if (isNetworkError(error) && error.reason === 'certificate') {
        throw new SocketError({ ...failureOf(error), reason: 'tls' });
      }
      throw error;
    }
  };
}
