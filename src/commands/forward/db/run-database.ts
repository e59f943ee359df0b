import type { Database } from '../../../aws/databases.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { printable } from '../../../lib/printable.ts';
import type { BesideProgram } from '../beside-program.ts';
import { forwardPorts } from '../forward-ports.ts';
import { localEndpoint, ONE_PORT_POLICY, type PortAddress } from '../one-port.ts';
import type { ChosenNode } from './choose-node.ts';

/** A database, and how it is forwarded. */
export interface DatabaseRun {
  readonly database: Database;
  readonly node: ChosenNode;
  /** Of this machine; `0` for a free one. */
  readonly localPort: string;
  readonly reason: string | undefined;
  /** What runs while the port listens; undefined to forward until a signal comes. */
  readonly program: ((end: PortAddress) => BesideProgram | Promise<BesideProgram>) | undefined;
}

/** Lower ports need special permissions on this machine. */
const FIRST_FREE_PORT = 1024;
/** What is added to them: 443 becomes 8443. */
const MOVED_BY = 8000;

/** The local port of a database when the user names none: that of the database. */
export function usualPort({ port }: Database): string {
  return String(port < FIRST_FREE_PORT ? port + MOVED_BY : port);
}

/** How a status begins while the database takes no connections (RDS, ElastiCache and Redshift user guides, "status"). */
const NOT_SERVING =
  /^(?:creat|delet|fail|hibernat|inaccessible|incompatible|paus|restor|resum|start|stop)/;

/** @returns the exit status: that of the program, or of the port when it could not be forwarded */
export function forwardDatabase(
  context: CommandContext,
  { database, node, localPort, reason, program }: DatabaseRun,
): Promise<number> {
  const { status } = database;
  const name = printable(database.name);
  if (NOT_SERVING.test(status)) {
    context.output.notify(`${name} may not answer: its status is ${printable(status)}.`);
  }
  // A serverless cache has one endpoint for all keys.
  if (database.isClusterMode && database.kind !== 'serverless') {
    context.output.notify(
      `${name} is in cluster mode: it redirects clients to nodes whose ports are not forwarded. To reach all of them, use \`session-manager-plugin proxy\`.`,
    );
  }
  return forwardPorts(context, {
    ...{ ...node, reason, policy: ONE_PORT_POLICY, address: undefined },
    forwards: [{ localPort, host: database.host, port: String(database.port) }],
    program: program && ((ports) => program(localEndpoint(ports))),
  });
}
