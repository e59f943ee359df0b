import { once } from 'node:events';
import { createServer, request, type ClientRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { listenLocally } from '../listen-locally.ts';
import { startLocalTarget } from '../local-target/local-target.ts';
import { startPortTarget } from '../local-target/port-target.ts';
import { startWithPipes } from '../program.ts';
import { figure, heading } from '../report.ts';
import { median } from '../statistics.ts';

const TARGET = 'i-0123456789abcdef0';
const HOST = '127.0.0.1';
/** The first requests let the runtime compile the program. */
const WARM_UP_REQUESTS = 20;
const REQUESTS = 200;
const OK = 200;
const RESTARTS = 10;
/** A session that ends earlier is followed by a pause (SHORT_SESSION_MS). */
const LONG_SESSION_MS = 11_000;

const LISTENING = /"event":"listening".*"local":\{[^}]*"port":(\d+)/g;

/** Figures of tunnels that stay, and of the proxy. */
export async function benchTunnels(): Promise<void> {
  const target = await startLocalTarget();
  const endpoint = `http://${HOST}:${target.port}`;
  await benchRestarts(endpoint);
  await benchProxy(endpoint);
  await target.close();
}

/** How long a program waits whose session another program has ended. */
async function benchRestarts(endpoint: string): Promise<void> {
  heading('A session that is ended while a program is connected');
  const destination = await startPortTarget();
  const forwards = Array.from({ length: RESTARTS }, () => `0:${destination.port}`);
  const program = start(endpoint, 'forward', TARGET, ...forwards);
  const closings = new Map<number, Promise<number>>();
  for (const port of await listeningPorts(program, RESTARTS)) {
    const socket = await connectEcho(port);
    closings.set(
      port,
      once(socket, 'close').then(() => port),
    );
  }
  await setTimeout(LONG_SESSION_MS);
  const waits: number[] = [];
  for (const id of await activeSessions(endpoint)) {
    await call(endpoint, 'TerminateSession', { SessionId: id });
    const port = await Promise.race(closings.values());
    closings.delete(port);
    const start = performance.now();
    const next = await connectEcho(port);
    waits.push(performance.now() - start);
    next.destroy();
  }
  const calls: number[] = [];
  for (let count = 0; count < RESTARTS; count++) {
    const start = performance.now();
    const { SessionId } = await call(endpoint, 'StartSession', { Target: TARGET });
    calls.push(performance.now() - start);
    await call(endpoint, 'TerminateSession', { SessionId });
  }
  figure('first byte of the next connection, median', median(waits), 'ms', '< 300 ms and the call');
  figure('first byte of the next connection, slowest', Math.max(...waits), 'ms');
  figure('a call of StartSession, median', median(calls), 'ms');
  await stop(program);
  destination.close();
}

/** A connection whose first byte has come back. */
async function connectEcho(port: number): Promise<Socket> {
  const socket = connect(port, HOST);
  socket.on('error', () => undefined);
  socket.write('echo 0\nx');
  await once(socket, 'data');
  return socket;
}

/** What the proxy costs a request over a forwarded port. */
async function benchProxy(endpoint: string): Promise<void> {
  heading('A request to a host that has answered before, each on a new connection');
  const server = createServer((_, response) => response.end('x'));
  const destination = await listenLocally(server, new Set());
  const forward = start(endpoint, 'forward', TARGET, `0:${HOST}:${destination.port}`);
  const proxy = start(endpoint, 'proxy', TARGET, '0', '--allow', HOST);
  const [forwardPort] = await listeningPorts(forward);
  const [proxyPort] = await listeningPorts(proxy);
  const url = `http://${HOST}:${destination.port}/`;
  const forwarded = (): ClientRequest => request({ host: HOST, port: forwardPort, agent: false });
  const proxied = (): ClientRequest =>
    request({ host: HOST, port: proxyPort, path: url, agent: false });
  const times = { forwarded: [] as number[], proxied: [] as number[] };
  for (let count = 0; count < WARM_UP_REQUESTS + REQUESTS; count++) {
    const isMeasured = count >= WARM_UP_REQUESTS;
    for (const [name, ask] of [
      ['forwarded', forwarded],
      ['proxied', proxied],
    ] as const) {
      const ms = await timeOf(ask());
      if (isMeasured) times[name].push(ms);
    }
  }
  const [plain, through] = [median(times.forwarded), median(times.proxied)];
  figure('through a forwarded port, median', plain, 'ms');
  figure('through the proxy, median', through, 'ms');
  figure('the proxy over a forwarded port', through - plain, 'ms', '< 5 ms');
  await stop(forward);
  await stop(proxy);
  destination.close();
}

function start(endpoint: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
  const settings = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: endpoint };
  return startWithPipes([...args, '--json'], settings);
}

async function stop(program: ChildProcessWithoutNullStreams): Promise<void> {
  const ended = once(program, 'exit');
  program.kill('SIGTERM');
  await ended;
}

/** The local ports, once this many listen. */
function listeningPorts(
  { stdout }: ChildProcessWithoutNullStreams,
  count = 1,
): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const ports = [...text.matchAll(LISTENING)].map(([, port]) => Number(port));
      if (ports.length >= count) resolve(ports);
    });
    stdout.once('end', () => reject(new Error(`not all ports listen: ${text.trim()}`)));
  });
}

function timeOf(asked: ClientRequest): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', (response) => {
      if (response.statusCode !== OK) reject(new Error(`the status is ${response.statusCode}`));
      response.resume();
      response.once('end', () => resolve(performance.now() - start));
    });
    asked.end();
  });
}

async function activeSessions(endpoint: string): Promise<readonly string[]> {
  const { Sessions } = await call(endpoint, 'DescribeSessions', { State: 'Active' });
  return (Sessions as readonly { readonly SessionId: string }[]).map(({ SessionId }) => SessionId);
}

/** Calls the API of the local target, which checks no signature. */
async function call(
  endpoint: string,
  operation: string,
  input: object,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonSSM.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}
