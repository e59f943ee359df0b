import { encodeFlag, Flag } from '../../../../src/protocol/flag.ts';
import { PayloadType } from '../../../../src/protocol/payload-type.ts';
import { createPortOutput } from './port-output.ts';
import type { Program, ProgramHost, StartProgram } from '../programs/program.ts';
import { createReceiveLimit } from '../channel/receive-limit.ts';
import { createSmuxServer, type SmuxStream, type SmuxStreamEvents } from './smux-server.ts';
import { dialTarget, type TargetAddress, type TargetConnection } from './target-connection.ts';

/**
 * Multiplexed port forwarding: a connection to the target for every smux stream
 * (docs/design/protocol.md#multiplexed-ports).
 */
export function muxProgram(address: TargetAddress, keepAlive: boolean): StartProgram {
  return (host) => startMux(host, address, keepAlive);
}

function startMux(host: ProgramHost, address: TargetAddress, keepAlive: boolean): Program {
  const connections = new Set<TargetConnection>();
  const bound = createReceiveLimit(host);
  /** One goroutine of the agent accepts streams and dials for them, one after another. */
  let lastDial: Promise<unknown> | undefined;
  let started = host.options.startAfter === undefined;
  void host.options.startAfter?.then(() => {
    started = true;
    host.ready();
  });

  const output = createPortOutput(host, {
    roomy() {
      for (const connection of connections) connection.resume();
    },
    emptied: () => undefined,
  });
  const opened = (stream: SmuxStream): SmuxStreamEvents => {
    const remove = (): void => {
      connections.delete(connection);
      bound.closed(connection);
    };
    const reportFailure = (): void =>
      host.send(PayloadType.Flag, encodeFlag(Flag.ConnectToPortError));
    const connection = dialTarget(
      address,
      host,
      {
        connected: () => undefined,
        data(bytes) {
          stream.write(bytes);
          if (!output.full) return;
          for (const source of connections) source.pause();
        },
        taken: () => bound.taken(connection),
        ended(how) {
          if (how === 'refused') reportFailure();
          stream.finish();
          connection.finish();
        },
        // Whether or not the client has ended the stream.
        refusedLater() {
          reportFailure();
          stream.finish();
        },
      },
      lastDial,
    );
    lastDial = connection.dialled;
    connections.add(connection);
    void connection.closed.then(remove);
    if (output.full) connection.pause();
    return {
      data(bytes) {
        connection.write(bytes);
        bound.wrote(connection);
      },
      finished() {
        connection.finish();
        // The stream is served after the dial.
        void connection.dialled.then(() => stream.finish());
      },
    };
  };
  const server = createSmuxServer({
    clock: host.clock,
    keepAlive,
    write: (frames) => output.write(frames),
    opened,
    failed: (reason) => host.done(reason === 'keep-alive' ? 'keep-alive' : 'remote', ''),
  });
  const close = async (): Promise<void> => {
    server.close();
    output.close();
    const closing = [...connections];
    for (const connection of closing) connection.destroy();
    await Promise.all(closing.map((connection) => connection.closed));
  };

  return {
    receive(payloadType, payload) {
      if (payloadType !== PayloadType.Output) return true;
      if (!started) return false;
      server.receive(payload);
      return true;
    },
    writable: () => output.writable(),
    terminate: close,
    close,
  };
}
