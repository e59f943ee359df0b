import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { rateOf, type Transfer } from '../floor/floor.ts';
import { startForwardCommand, type Forward } from '../forward.ts';
import { startLocalTarget, type LocalTarget } from '../local-target/local-target.ts';
import { startPortTarget, WARM_UP_BYTES, type DownOrder } from '../local-target/port-target.ts';
import { watchUsage } from '../process-usage.ts';
import { figure, heading } from '../report.ts';
import { median } from '../statistics.ts';
import { relaysOf } from './relay-process.ts';

const MEGABYTE = 1_000_000;
const MEBIBYTE = 1024 * 1024;
/** What a figure of CPU time is for. */
const PER_BYTES = 100 * MEGABYTE;
/** The runtime has compiled the program by then. */
const FIRST_BYTES = 2 * MEGABYTE;
/** Some ten seconds at the agent's pace. */
const PORT_BYTES = 6 * MEGABYTE;
const FAST_BYTES = 100 * MEGABYTE;
const ENDLESS_BYTES = 100_000 * MEGABYTE;
const UP_BYTES = WARM_UP_BYTES + 6 * MEGABYTE;
const SESSIONS = 4;
const ROUNDS = 200;
const REQUESTS = 100;
const REQUEST_BYTES = 1024;
/** So that each request meets another moment of the download. */
const REQUEST_INTERVAL_MS = 20;
const CONNECTIONS = 200;
const MS_PER_SECOND = 1000;

/** What is compared: a port session's figures, and those of a fast tunnel. */
interface Compared {
  readonly plain: Forward;
  readonly fast: Forward;
}

const NAMES: Readonly<Record<'text' | 'random', string>> = {
  random: 'bytes that do not compress',
  text: 'text that compresses to a quarter',
};

/** Sends bytes, and waits until as many have come back. */
async function roundTrip(socket: Socket, bytes: number): Promise<number> {
  const start = performance.now();
  socket.write(Buffer.alloc(bytes));
  for (let received = 0; received < bytes;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    received += chunk.length;
  }
  return performance.now() - start;
}

async function benchRoundTrip({ plain, fast }: Compared): Promise<void> {
  const sockets = { plain: await plain.open('echo 0'), fast: await fast.open('echo 0') };
  const times = { plain: [] as number[], fast: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ['plain', 'fast'] as const) {
      times[name].push(await roundTrip(sockets[name], 1));
    }
  }
  for (const socket of Object.values(sockets)) socket.destroy();
  const [port, relay] = [median(times.plain), median(times.fast)];
  figure('round trip: port session, median', port, 'ms');
  figure('round trip: fast tunnel, median', relay, 'ms');
  figure('round trip: against a port session', relay / port, 'times', '<= 1.5');
}

function cpuOf({ bytes, client }: Transfer): number {
  return (client.cpuSeconds * PER_BYTES) / bytes;
}

async function benchDown({ plain, fast }: Compared): Promise<void> {
  const port = await plain.download(PORT_BYTES, 'random');
  figure('down: port session', rateOf(port), 'MB/s');
  figure('down: port session, CPU time for 100 MB', cpuOf(port), 's');
  for (const order of ['random', 'text'] as const) {
    const relay = await fast.download(FAST_BYTES, order);
    const name = `down, ${NAMES[order]}`;
    figure(`${name}: fast tunnel`, rateOf(relay), 'MB/s');
    figure(`${name}: against a port session`, rateOf(relay) / rateOf(port), 'times', '>= 12');
    figure(`${name}: CPU time for 100 MB`, cpuOf(relay), 's');
    figure(`${name}: CPU time against the port's`, cpuOf(relay) / cpuOf(port), 'times', '<= 1');
  }
}

/** @returns MB/s of all connections together, without the warm-up of each */
async function uploadRate(forward: Forward, connections = 1): Promise<number> {
  const all = await Promise.all(
    Array.from({ length: connections }, () => forward.upload(UP_BYTES)),
  );
  return all
    .map(({ bytes, warmSeconds }) => (bytes - WARM_UP_BYTES) / MEGABYTE / warmSeconds)
    .reduce((sum, rate) => sum + rate, 0);
}

async function benchUp({ plain, fast }: Compared): Promise<number> {
  const port = await uploadRate(plain);
  const relay = await uploadRate(fast);
  figure('up: port session', port, 'MB/s');
  figure('up: fast tunnel', relay, 'MB/s');
  figure('up: against a port session', relay / port, 'times', '>= 1');
  return relay;
}

async function benchBeside({ fast }: Compared): Promise<void> {
  for (const order of ['random', 'text'] satisfies DownOrder[]) {
    const bulk = await fast.open(`${order} ${ENDLESS_BYTES}`);
    bulk.resume();
    const echo = await fast.open('echo 0');
    await roundTrip(echo, REQUEST_BYTES);
    const times: number[] = [];
    for (let request = 0; request < REQUESTS; request++) {
      times.push(await roundTrip(echo, REQUEST_BYTES));
      await delay(REQUEST_INTERVAL_MS);
    }
    echo.destroy();
    bulk.destroy();
    const name = `1 KiB beside a download, ${NAMES[order]}`;
    figure(`${name}, median`, median(times), 'ms', '< 20 ms');
    figure(`${name}, slowest`, Math.max(...times), 'ms');
  }
}

async function benchConnections({ fast }: Compared): Promise<void> {
  const start = performance.now();
  const answered = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = await fast.open('echo 0');
      await roundTrip(socket, REQUEST_BYTES);
      return socket;
    }),
  );
  const ms = performance.now() - start;
  for (const socket of answered) socket.destroy();
  figure(`${CONNECTIONS} connections at once, answered`, answered.length, '', `${CONNECTIONS}`);
  figure(`${CONNECTIONS} connections at once, until the last answer`, ms / MS_PER_SECOND, 's');
}

/** A port with several fast tunnels. */
async function benchSessions(target: LocalTarget, port: number, one: number): Promise<void> {
  const options = { sessions: SESSIONS, options: ['--fast'] };
  const forward = await startForwardCommand(target, port, options);
  const rate = await uploadRate(forward, SESSIONS);
  await forward.stop();
  figure(`up, --sessions ${SESSIONS}: as many connections`, rate, 'MB/s');
  figure(`up, --sessions ${SESSIONS}: against one`, rate / one, 'times', `>= ${SESSIONS * 0.9}`);
}

/** What `forward --fast` is worth against a port session, both at the agent's pace. */
export async function benchFast(): Promise<void> {
  heading("Fast tunnel: against a port session, at the agent's pace");
  const target = await startLocalTarget({ sessions: { agent: { terminalPacing: true } } });
  const portTarget = await startPortTarget();
  const compared = {
    plain: await startForwardCommand(target, portTarget.port, {}),
    fast: await startForwardCommand(target, portTarget.port, { options: ['--fast'] }),
  };
  const [relayId = 0] = relaysOf(target.processId);
  await compared.plain.download(FIRST_BYTES, 'random');
  await compared.fast.download(FIRST_BYTES, 'random');
  const [client, relay] = [watchUsage(compared.fast.processId), watchUsage(relayId)];
  await benchRoundTrip(compared);
  await benchDown(compared);
  const up = await benchUp(compared);
  await benchBeside(compared);
  await benchConnections(compared);
  figure('resident memory of the program, peak', client().peakBytes / MEBIBYTE, 'MiB', '< 120 MiB');
  figure('resident memory of the relay, peak', relay().peakBytes / MEBIBYTE, 'MiB', '< 40 MiB');
  await compared.plain.stop();
  await compared.fast.stop();
  await benchSessions(target, portTarget.port, up);
  portTarget.close();
  await target.close();
}
