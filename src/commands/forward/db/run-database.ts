import type { Database } from '../../../aws/databases.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { reachableAddress } from '../../../lib/reachable-address.ts';
import { printable } from '../../../lib/printable.ts';
import type { BesideProgram } from '../beside-program.ts';
import { forwardPorts } from '../forward-ports.ts';
import type { ChosenNode } from './choose-node.ts';

/** Where programs of this machine reach a database. */
export interface LocalEndpoint {
  readonly address: string;
  readonly port: number;
}

/** A database, and how it is forwarded. */
export interface DatabaseRun {
  readonly database: Database;
  readonly node: ChosenNode;
  /** Of this machine; `0` for a free one. */
  readonly localPort: string;
  readonly reason: string | undefined;
  /** What runs while the port listens; undefined to forward until a signal comes. */
  readonly program: ((end: LocalEndpoint) => BesideProgram | Promise<BesideProgram>) | undefined;
}

/** As `forward`: sessions are replaced. */
const POLICY = {
  count: 1,
  restarts: true,
  onDemand: false,
  idleMs: undefined,
  checks: false,
} as const;

/** Ports below need rights on this machine. */
const FIRST_FREE_PORT = 1024;
/** What is added to them: 443 becomes 8443. */
const MOVED_BY = 8000;

/** The local port of a database when the user names none: that of the database. */
export function usualPort({ port }: Database): string {
  return String(port < FIRST_FREE_PORT ? port + MOVED_BY : port);
}

/** @returns the exit status: that of the program, or of the port when it could not be forwarded */
export function forwardDatabase(
  context: CommandContext,
  { database, node, localPort, reason, program }: DatabaseRun,
): Promise<number> {
  // A serverless cache has one endpoint for all keys.
  if (database.isClusterMode && database.kind !== 'serverless') {
    context.output.notify(
      `${printable(database.name)} is in cluster mode: it redirects clients to nodes whose ports are not forwarded. To reach all of them, use \`session-manager-plugin proxy\`.`,
    );
  }
  return forwardPorts(context, {
    ...{ ...node, reason, policy: POLICY, address: undefined },
    forwards: [{ localPort, host: database.host, port: String(database.port) }],
    program:
      program &&
      (([forwarded]) => {
        const { address, port = 0 } = forwarded?.local ?? {};
        return program({ address: reachableAddress(address), port });
      }),
  });
}
