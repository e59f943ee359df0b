import type { CommandContext } from '../framework/command-context.ts';
import { endpointText } from '../../lib/endpoint-text.ts';
import { age } from '../output/age.ts';
import { shortQuantity } from '../output/quantity.ts';
import { remoteText } from '../ports/forward.ts';
import { forwardOf } from '../ports/port-ends.ts';
import { printList } from '../output/print-list.ts';
import type { Column } from '../output/table.ts';
import {
  hasNoAnswer,
  type ConnectionStatus,
  type PortStateName,
  type PortStatus,
} from './connection-status.ts';

/** Programs count the fields of a line: a new column is the last one. */
const COLUMNS: readonly Column[] = [
  { header: 'NAME', narrowest: 'whole' },
  { header: 'LOCAL', narrowest: 'whole' },
  { header: 'REMOTE', narrowest: 8, dispensable: 5 },
  { header: 'STATE', narrowest: 'whole' },
  { header: 'SINCE', narrowest: 'whole', dispensable: 4 },
  { header: 'SESSIONS', narrowest: 'whole', dispensable: 1 },
  { header: 'OPEN', narrowest: 'whole', dispensable: 2 },
  { header: 'SENT', narrowest: 'whole', dispensable: 3 },
  { header: 'RECEIVED', narrowest: 'whole', dispensable: 3 },
  { header: 'LAST ERROR', narrowest: 12 },
];

const STATE_TEXTS: Readonly<Record<PortStateName, string>> = {
  connecting: 'connecting',
  listening: 'listening',
  idle: 'idle',
  starting: 'starting',
  pausing: 'pausing',
  reconnecting: 'reconnecting',
  'sign-in-expired': 'sign-in expired',
  failed: 'failed',
  ended: 'ended',
};

/** Prints a row for each port; for programs an object. */
export async function printStatus(
  context: CommandContext,
  connections: readonly ConnectionStatus[],
): Promise<void> {
  const ports = connections.flatMap((connection) =>
    connection.ports.map((port) => ({ connection, port })),
  );
  const now = context.clock.now();
  const items = ports.map(({ connection, port }) => statusForPrograms(connection, port));
  await printList(context, items, {
    columns: COLUMNS,
    rows: ports.map(({ connection, port }) => rowOf(connection, port, now)),
  });
}

/** The members of a port in JSON: an interface that programs rely on. */
export function statusForPrograms(
  { name, attached, pid }: ConnectionStatus,
  port: PortStatus,
): object {
  const { state, since, until, local, destination, checked, target } = port;
  const { sessions, open, connections, sent, received, error } = port;
  return {
    name,
    state,
    since: timeText(since),
    until: until === null ? null : timeText(until),
    ...{ local, destination, checked, target },
    ...(port.protocol !== undefined && { protocol: port.protocol }),
    ...(port.reverse === true && { reverse: true }),
    ...{ sessions: sessions.of, up: sessions.up, open, connections, sent, received, error },
    ...{ attached, pid },
  };
}

/** A time as in RFC 3339, in UTC. */
export function timeText(time: number): string {
  return new Date(time).toISOString();
}

/** `127.0.0.1:5432`, and `port 5432` before it listens; `any port` before the system has picked one. */
export function localText({ local: { address, port, path } }: Pick<PortStatus, 'local'>): string {
  if (path !== undefined) return path;
  if (address !== null) return endpointText(address, port);
  return port === 0 ? 'any port' : `port ${port}`;
}

function rowOf({ name }: ConnectionStatus, port: PortStatus, now: number): readonly string[] {
  const { state, since, until, sessions, open, sent, received, error } = port;
  const again = until === null ? '' : `, again in ${age(until - now)}`;
  return [
    name,
    localText(port),
    remoteText(forwardOf(port)),
    state === 'pausing' && until !== null
      ? `again in ${age(until - now)}`
      : `${hasNoAnswer(port) ? 'no answer' : STATE_TEXTS[state]}${again}`,
    age(now - since),
    `${sessions.up}/${sessions.of}`,
    String(open),
    shortQuantity(sent),
    shortQuantity(received),
    error?.message ?? '',
  ];
}
