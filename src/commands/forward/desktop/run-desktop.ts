import { endpointText } from '../../../lib/endpoint-text.ts';
import type { CommandContext } from '../../../cli/framework/command-context.ts';
import type { ResolvedTarget } from '../../../cli/target/resolve-target.ts';
import { forwardPorts } from '../forward-ports.ts';
import { localEndpoint, ONE_PORT_POLICY } from '../one-port.ts';
import type { DesktopClient } from './clients.ts';
import { makeRdpFile } from './rdp-file.ts';

/** A desktop of a target, and what shows it. */
export interface DesktopRequest {
  readonly target: ResolvedTarget;
  /** As the user wrote it; undefined when it was picked. */
  readonly targetText: string | undefined;
  /** Of the target. */
  readonly port: string;
  /** Of this machine; `0` for a free one. */
  readonly localPort: string;
  readonly user: string;
  readonly client: DesktopClient;
  /** Arguments of the client after its own. */
  readonly clientArgs: readonly string[];
  /** For a client that reads it from stdin. */
  readonly password: string | undefined;
  readonly reason: string | undefined;
}

/**
 * Forwards the port of a desktop, and runs a client that shows it. Both end together.
 *
 * @returns the exit status of the client, or of the port when it could not be forwarded
 */
export async function runDesktop(
  context: CommandContext,
  { target, targetText, port, localPort, client, ...request }: DesktopRequest,
): Promise<number> {
  const { user, clientArgs, password, reason } = request;
  const file = client.opensFile === true ? await makeRdpFile(context, target.title) : undefined;
  try {
    return await forwardPorts(context, {
      ...{ target: target.id, targetText, reason, policy: ONE_PORT_POLICY, address: undefined },
      forwards: [{ localPort, host: undefined, port }],
      program(ports) {
        const end = localEndpoint(ports);
        const to = {
          place: endpointText(end.address, end.port),
          user,
          file: file?.path ?? '',
          hasPassword: password !== undefined,
        };
        file?.write(to);
        return {
          command: [client.program, ...client.args(to), ...clientArgs],
          variables: {},
          input: password === undefined ? undefined : Buffer.from(`${password}\n`),
        };
      },
    });
  } finally {
    file?.remove();
  }
}
