import { EventEmitter, setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { runChild } from '../../cli/process/run-child.ts';
import { readSettings } from '../../cli/process/settings.ts';
import { nextEnding, type AcquiredSignals } from '../../cli/process/signals/command-signals.ts';
import type { EndingSignal } from '../../cli/process/signals/process-signals.ts';
import { checkPeers, createListenHost } from '../../cli/run/listen-host.ts';
import { checkSettings } from '../../cli/run/prepare-session.ts';
import type { FastRequest } from '../../cli/tunnel/fast-choice.ts';
import { SESSIONS_OF_TUNNEL } from '../../cli/tunnel/fast-mode.ts';
import { proxyFailures } from '../../failures/proxy.ts';
import { freeDescriptors } from '../../network/free-descriptors.ts';
import { createAdmission } from '../../session/port/listen/admission.ts';
import type { ListeningOn } from '../../session/port/listen/bind.ts';
import { openListener, type Listener } from '../../session/port/listen/listener.ts';
import type { PeerWatch } from '../../session/port/listen/waiting.ts';
import { exposedWarning, refusedWarning } from '../../session/port/port-texts.ts';
import { endpointText } from '../../lib/endpoint-text.ts';
import { SIGNAL_STATUS } from '../../session/signal-status.ts';
import type { ProxyClient } from './clients/proxy-client.ts';
import { drainClient } from './clients/drain-client.ts';
import { serveClient } from './clients/serve-client.ts';
import { noDisplay, startDisplay, type ProxyDisplay } from './display/display.ts';
import { proxyVariables } from './environment.ts';
import { createHttpFront, PAC_PATH } from './http/http-front.ts';
import type { FastProxy } from './fast/open-fast.ts';
import type { DestinationContext } from './pool/destination-session.ts';
import { createPool, MAX_SESSIONS, type Pool } from './pool/pool.ts';
import { runDestination } from './pool/run-destination.ts';
import type { ListenAddress } from './read-operands.ts';
import type { Destination } from './rules/destination.ts';
import { pacFile } from './rules/pac.ts';
import { decide, type Rules } from './rules/rules.ts';

/** The port of SOCKS (RFC 1928, section 3). */
const USUAL_PORT = 1080;

/** What the command line asks for. */
export interface ProxyRequest {
  readonly target: string;
  readonly listen: ListenAddress;
  readonly rules: Rules;
  readonly reason: string | undefined;
  /** Undefined for a session with the agent's ports for each destination. */
  readonly fast: FastRequest | undefined;
  /** Fast tunnels, which share the connections. */
  readonly count: number;
  /** The program to run; undefined to serve until a signal comes. */
  readonly command: readonly string[] | undefined;
}

/** Runs the proxy until a signal or its command ends it. @returns the exit status */
export async function runProxy(context: CommandContext, request: ProxyRequest): Promise<number> {
  checkSettings(context);
  await (await context.aws.calls()).prepareCredentials();
  const { output, sessions } = context;
  // Each session listens to errors of the streams.
  const streams = [process, output.stdout, output.stderr, output.messages];
  const most = request.fast === undefined ? 0 : request.count * SESSIONS_OF_TUNNEL;
  // With --fast=auto, either.
  setMaxListeners(EventEmitter.defaultMaxListeners + Math.max(MAX_SESSIONS, most), ...streams);
  const acquired = sessions.signals.acquireEndings();
  try {
    return await serve(context, request, acquired);
  } finally {
    acquired.release();
  }
}

async function serve(
  context: CommandContext,
  request: ProxyRequest,
  { signals }: AcquiredSignals,
): Promise<number> {
  const { hangUpEnds } = context.sessions.signals;
  const opened =
    request.fast &&
    (await openTunnelOr(nextEnding(signals, hangUpEnds), context, request, request.fast));
  if (opened?.kind === 'interrupted') return opened.status;
  const fast = opened?.proxy;
  signals.buffer();
  let onConnection = (connection: Socket): void => void connection.destroy();
  const { listener, on } = await listen(context, request, (connection) => onConnection(connection));
  const url = `http://${reachableAt(on)}`;
  const variables = proxyVariables(url, context.env, context.platform);
  const { target, command } = request;
  let display: ProxyDisplay = noDisplay;
  const hasPeerClosed = checkPeers();
  const destinations: DestinationContext = {
    clock: context.clock,
    hasPeerClosed,
    target,
    on,
    report: (destination, event) => display.report(destination, event),
  };
  const pool =
    fast?.createPool(destinations) ??
    createPool(destinations, (session) => runDestination(context, request, session));
  const rules = { ...request.rules, refusesMetadata: fast !== undefined };
  onConnection = clientServer(context, rules, { pool, hasPeerClosed });
  try {
    if (command === undefined) {
      // Clients may connect as soon as they can read the address.
      display = await startDisplay(context, { target, on, variables, pac: `${url}${PAC_PATH}` });
      await nextEnding(signals, hangUpEnds);
      return 0;
    }
    // Nothing is written beside the output of the program, but failures.
    context.waits.divert(() => undefined);
    const { platform, terminal } = context;
    const env = { ...context.env, ...variables };
    const getsKeys = (): Promise<boolean> => terminal.sendsSignals();
    return await runChild({ command, env, platform, signals, getsKeys });
  } finally {
    listener.close();
    // A second signal ends the wait.
    await Promise.race([pool.close(), nextEnding(signals)]);
    display.end();
  }
}

/** The tunnel of a proxy, if there is one, or the status after a signal. */
type Opened =
  | { readonly kind: 'open'; readonly proxy: FastProxy | undefined }
  | { readonly kind: 'interrupted'; readonly status: number };

async function openTunnelOr(
  ending: Promise<EndingSignal>,
  context: CommandContext,
  { target, reason, count }: ProxyRequest,
  request: FastRequest,
): Promise<Opened> {
  const { openFast } = await import('./fast/open-fast.ts');
  const received: { status: number | undefined } = { status: undefined };
  const interrupted = ending.then((signal): undefined => {
    received.status = SIGNAL_STATUS[signal];
  });
  const proxy = await openFast(context, { request, count, target, reason, interrupted });
  const { status } = received;
  return status === undefined ? { kind: 'open', proxy } : { kind: 'interrupted', status };
}

/** @returns takes each connection of a local program */
function clientServer(
  { clock, output }: CommandContext,
  rules: Rules,
  { pool, hasPeerClosed }: { readonly pool: Pool } & Pick<PeerWatch, 'hasPeerClosed'>,
): (connection: Socket) => void {
  const connect = (client: ProxyClient, destination: Destination): void => {
    const name = endpointText(destination.host, destination.port);
    const decision = decide(rules, destination);
    if (decision === 'allowed') {
      pool.connect(client, destination);
      return;
    }
    const code = decision === 'denied' ? 'proxy-denied' : 'proxy-target-itself';
    client.refuse({ ...proxyFailures[code](name), kind: 'denied' });
    drainClient(client.socket, clock);
  };
  const http = createHttpFront({
    clock,
    hasPeerClosed,
    connect,
    pacFile: (proxy) => pacFile(rules, proxy),
  });
  const admission = createAdmission({ freeDescriptors }, (event) => {
    if (event.kind === 'refused') output.notify(refusedWarning(event));
  });
  return (connection) => {
    if (admission.admit(connection)) serveClient(connection, { clock, http, connect });
  };
}

/** @throws CommandError when it cannot listen */
function listen(
  { env, logger, output }: CommandContext,
  { listen: { address, port }, command }: ProxyRequest,
  connection: (connection: Socket) => void,
): Promise<{ readonly listener: Listener; readonly on: TcpListening }> {
  const localHost = address ?? readSettings(env).localHost ?? '';
  const host = createListenHost(localHost, logger);
  const usual = command === undefined ? USUAL_PORT : 0;
  return new Promise((resolve, reject) => {
    const listener = openListener({ kind: 'tcp', port: port ?? usual }, host, {
      listening(on) {
        if (on.kind !== 'tcp') return;
        const warning = exposedWarning(on);
        if (warning !== undefined) output.notify(warning);
        resolve({ listener, on });
      },
      failed: (failure) => reject(new CommandError({ ...failure, reason: 'input' })),
      connection,
    });
  });
}

type TcpListening = Extract<ListeningOn, { readonly kind: 'tcp' }>;

/** An address at which programs of this machine reach the proxy. */
function reachableAt({ addresses: [address = ''], port }: TcpListening): string {
  const every = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address];
  return endpointText(every ?? address, port);
}
