import type { JsonObject } from '../../lib/json.ts';
import type { SessionFailure } from '../ending.ts';
import type { SessionLink, SessionType } from '../session-type.ts';
import { createBasicSession } from './basic.ts';
import { createMultiplexedSession } from './smux/multiplexed.ts';
import type { PortHost } from './port-host.ts';
import { parsePortProperties } from './properties.ts';
import { endOnSignal } from './port-signals.ts';
import { createStdioSession } from './stdio.ts';

/**
 * The session type for a handshake that asked for `Port` (docs/design/protocol.md#ports).
 *
 * @param properties - the Properties of the handshake's SessionType action
 * @param agentVersion - four dotted numbers
 */
export function createPortSession(
  properties: JsonObject,
  agentVersion: string,
  link: SessionLink,
  host: PortHost,
): SessionType {
  const parsed = parsePortProperties(properties, agentVersion);
  switch (parsed.kind) {
    case 'multiplexed':
      return createMultiplexedSession(parsed, link, host);
    case 'basic':
      return createBasicSession(parsed, link, host);
    case 'stdio':
      return createStdioSession(link, host);
    case 'invalid':
      return createRefusedSession(parsed.failure, link);
  }
}

/** A session that cannot start: it ends with the reason when it is started. */
function createRefusedSession(failure: SessionFailure, link: SessionLink): SessionType {
  return {
    stdout: 'text',
    exitStatus: undefined,
    start: () => link.end({ kind: 'cannot-start', failure }),
    receive: () => false,
    next: () => undefined,
    signal: (signal) => endOnSignal(signal, link),
    finish: () => Promise.resolve(),
    close: () => undefined,
  };
}
