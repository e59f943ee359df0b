import { decodeFlag, encodeFlag, Flag } from '../../../../src/protocol/flag.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { createPortOutput } from './port-output.ts';
import type { Program, ProgramHost, StartProgram } from '../programs/program.ts';
import { createReceiveLimit } from '../channel/receive-limit.ts';
import { dialTarget, type TargetAddress, type TargetConnection } from './target-connection.ts';

/**
 * One connection to the target at a time, raw bytes (docs/design/protocol.md#basic-ports).
 *
 * @param redials - basic forwarding: when a connection has ended, data of the client dials anew.
 *   Otherwise the session ends with the connection, as in an SSH session
 */
export function singlePortProgram(address: TargetAddress, redials: boolean): StartProgram {
  return (host) => startSinglePort(host, address, redials);
}

function startSinglePort(host: ProgramHost, address: TargetAddress, redials: boolean): Program {
  const bound = createReceiveLimit(host);
  const closing = new Set<TargetConnection>();
  let current: TargetConnection | undefined;
  /** The first connection has been made, so that input can be taken. */
  let up = false;
  let over = false;
  let endOutput: string | undefined;

  const endWhenEmpty = (): void => {
    if (endOutput !== undefined && output.empty) host.done('remote', endOutput);
  };
  const output = createPortOutput(host, {
    roomy: () => current?.resume(),
    emptied: endWhenEmpty,
  });
  const ended = (connection: TargetConnection, refused: boolean, reason: string): void => {
    current = undefined;
    connection.finish();
    if (redials && up) {
      if (refused) host.send(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError));
      return;
    }
    endOutput = refused ? `Unable to connect to specified port: ${reason}` : '';
    endWhenEmpty();
  };
  const dial = (): TargetConnection => {
    const connection = dialTarget(address, host, {
      connected() {
        if (up) return;
        up = true;
        host.ready();
      },
      data(bytes) {
        output.write(bytes);
        if (output.full) connection.pause();
      },
      taken: () => bound.taken(connection),
      ended: (how, reason) => ended(connection, how === 'refused', reason),
    });
    closing.add(connection);
    void connection.closed.then(() => {
      closing.delete(connection);
      bound.closed(connection);
    });
    if (output.full) connection.pause();
    current = connection;
    return connection;
  };
  const start = (): void => {
    if (!over) dial();
  };
  if (host.options.startAfter === undefined) start();
  else void host.options.startAfter.then(start);
  const close = async (): Promise<void> => {
    over = true;
    output.close();
    const left = [...closing];
    for (const connection of left) connection.destroy();
    await Promise.all(left.map((connection) => connection.closed));
  };

  return {
    receive(payloadType, payload) {
      if (payloadType === PayloadType.Flag && redials) {
        if (decodeFlag(payload) !== Flag.DisconnectToPort) return true;
        current?.finish();
        current = undefined;
      }
      if (payloadType !== PayloadType.Output) return true;
      if (!up) return false;
      if (current === undefined && !redials) return true;
      const connection = current ?? dial();
      connection.write(payload);
      bound.wrote(connection);
      return true;
    },
    writable: () => output.writable(),
    terminate: close,
    close,
  };
}
