import type { ReportWait } from '../../../aws/report-wait.ts';
import type { SessionAws } from '../../../aws/session-aws.ts';
import { systemClock } from '../../../lib/clock.ts';
import { CONNECT_TIMEOUT_MS } from '../../../session/connection/connect-timeout.ts';
import { openEarly } from '../../../socket/early-socket.ts';
import type { OpenSocket } from '../../../socket/socket.ts';
import { openWebSocket } from '../../../socket/web-socket.ts';
import { reportOpening } from '../../progress/session-waits.ts';
import { openGatewaySocket } from './gateway-socket.ts';

/**
 * Begins to connect to the message gateway. One turn of the event loop, before this resolves, lets a connection
 * to an address start: its answer travels while the caller loads and makes the session.
 *
 * @param streamUrl - of the first attempt
 * @returns opens the sockets of the session, the first of which is under way
 */
export async function openFirstSocket(
  streamUrl: string,
  { options, signUpgrade, gatewaySubject }: SessionAws,
  report: ReportWait,
): Promise<OpenSocket> {
  const openGateway = openGatewaySocket({
    network: options.network,
    clock: systemClock,
    signUpgrade,
    openWebSocket: reportOpening(openWebSocket, report, {
      subjectAt: gatewaySubject,
      monotonic: () => systemClock.monotonic(),
    }),
  });
  const openSocket = openEarly(openGateway, { url: streamUrl, timeoutMs: CONNECT_TIMEOUT_MS });
  await nextTurn();
  return openSocket;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
