import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import type { AgentOptions } from '../../../../local-aws/agent/agent-options.ts';
import type { LocalAwsOptions } from '../../../../local-aws/local-aws.ts';
import {
  runCommandPiped,
  type CompletedRun,
  type PipedProgram,
} from '../../../support/piped-program.ts';
import { TARGET } from '../../../support/target.ts';
import { startCommand, startCommandTarget, type CommandTarget } from '../../support/run-command.ts';

/** Hosts that only the target can reach, by name, with the ports they have here. */
export type Hosts = Readonly<Record<string, number>>;

/** A proxy that runs, and what is around it. */
export interface RunningProxy {
  readonly program: PipedProgram;
  readonly target: CommandTarget;
  readonly port: number;
  /** Runs curl through the proxy, with its option of that name. */
  readonly curl: (option: string, ...args: readonly string[]) => Promise<CompletedRun>;
}

/** How the proxy of a test is started. */
export interface ProxyOptions {
  readonly args?: readonly string[];
  readonly agent?: AgentOptions;
  readonly aws?: LocalAwsOptions;
  /** Starts the program in another way. */
  readonly start?: (target: CommandTarget, args: readonly string[]) => PipedProgram;
}

/** An agent that reaches these hosts, and no others: their names do not exist. */
export function agentOf(hosts: Hosts): AgentOptions {
  return {
    route: ({ host, port }) => {
      const real = hosts[host];
      return real === undefined ? { host, port } : { host: '127.0.0.1', port: real };
    },
  };
}

/** Starts the proxy on a free port, and waits until it listens. */
export async function startProxy(
  t: TestContext,
  hosts: Hosts,
  { args = [], agent, aws, start = (...run) => startCommand(t, ...run) }: ProxyOptions = {},
): Promise<RunningProxy> {
  const target = await startCommandTarget(t, {
    ...aws,
    sessions: { agent: { ...agentOf(hosts), ...agent } },
  });
  const program = start(target, ['proxy', TARGET, '0', ...args]);
  const line = /HTTPS_PROXY=http:\/\/127\.0\.0\.1:(\d+)\n/;
  await program.stdout.until('the address of the proxy', (text) => line.test(text));
  const port = Number(line.exec(program.stdout.text)?.[1]);
  return {
    program,
    target,
    port,
    curl: (option, ...rest) =>
      runCommandPiped(t, [
        ...['curl', '--silent', '--show-error', '--max-time', '60', '--noproxy', ''],
        ...[option, option === '--proxy' ? `http://127.0.0.1:${port}` : `127.0.0.1:${port}`],
        ...rest,
      ]),
  };
}

/** Starts an HTTP server for one test. @returns its port */
export async function startHttp(t: TestContext, serve: RequestListener): Promise<number> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A server that sends its name and the URL that was requested. */
export function startNamedHttp(t: TestContext, name: string): Promise<number> {
  return startHttp(t, ({ url, headers }, response) => {
    response.end(`${name} ${headers.host ?? ''} ${url ?? ''}\n`);
  });
}
