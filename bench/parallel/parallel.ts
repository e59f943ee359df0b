import { once } from 'node:events';
import { connect } from 'node:net';
import { rateOf, type Transfer } from '../floor/floor.ts';
import { startLocalTarget } from '../local-target/local-target.ts';
import { startPortTarget } from '../local-target/port-target.ts';
import { watchUsage } from '../process-usage.ts';
import { startWithPipes } from '../program.ts';
import { figure, heading } from '../report.ts';

const MEGABYTE = 1_000_000;
const MEBIBYTE = 1024 * 1024;
const DOWNLOADS = 8;
const SESSIONS = 8;
const TARGET = 'i-0123456789abcdef0';
/** Of each download, for each session: some ten seconds at the agent's pace. */
const BYTES_PER_SESSION = 750_000;
/** The runtime has compiled the program by then. */
const WARM_UP_BYTES = 250_000;
/** What a figure of CPU time is for. */
const PER_BYTES = 100 * MEGABYTE;

/** A running `forward` whose sessions are all up. */
interface Forwarding {
  readonly processId: number;
  /** Receives this many bytes on each of several new connections at the same time. */
  download(bytes: number): Promise<Transfer>;
  /** Ends all sessions; resolves when the program has ended. */
  stop(): Promise<void>;
}

async function startForwarding(
  endpoint: string,
  remotePort: number,
  sessions: number,
): Promise<Forwarding> {
  const program = startWithPipes(
    ['forward', TARGET, '--json', '--sessions', String(sessions), `0:${remotePort}`],
    { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: endpoint },
  );
  const processId = program.pid ?? 0;
  const localPort = await listeningPort(program.stdout, sessions);
  return {
    processId,
    async download(bytes) {
      const usage = watchUsage(processId);
      const start = performance.now();
      await Promise.all(Array.from({ length: DOWNLOADS }, () => receive(localPort, bytes)));
      const seconds = (performance.now() - start) / 1000;
      return { bytes: DOWNLOADS * bytes, seconds, client: usage() };
    },
    async stop() {
      const ended = once(program, 'exit');
      program.kill('SIGTERM');
      await ended;
    },
  };
}

/** The local port, once all sessions take connections. */
function listeningPort(stdout: NodeJS.ReadableStream, sessions: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const port = /"event":"listening".*"local":\{"address":"[^"]+","port":(\d+)\}/.exec(
        text,
      )?.[1];
      const areUp = sessions === 1 || text.includes(`"up":${sessions},`);
      if (port !== undefined && areUp) resolve(Number(port));
    });
    stdout.once('end', () => reject(new Error(`not all sessions are up: ${text.trim()}`)));
  });
}

function receive(port: number, bytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0;
    const socket = connect(port, '127.0.0.1', () => socket.write(`down ${bytes}\n`));
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received >= bytes) socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => {
      if (received >= bytes) resolve();
      else reject(new Error(`only ${received} of ${bytes} bytes came`));
    });
  });
}

/** What several sessions of one port are worth for downloads at the same time, at the agent's pace. */
export async function benchParallel(): Promise<void> {
  heading(`Forwarded port: ${DOWNLOADS} downloads at the same time, at the agent's pace`);
  const target = await startLocalTarget();
  const portTarget = await startPortTarget();
  const rates: number[] = [];
  for (const sessions of [1, SESSIONS]) {
    const endpoint = `http://127.0.0.1:${target.port}`;
    const forwarding = await startForwarding(endpoint, portTarget.port, sessions);
    await forwarding.download(WARM_UP_BYTES);
    const transfer = await forwarding.download(sessions * BYTES_PER_SESSION);
    await forwarding.stop();
    const { bytes, client } = transfer;
    const name = `--sessions ${sessions}`;
    figure(`${name}: all downloads`, rateOf(transfer), 'MB/s');
    figure(`${name}: CPU time for 100 MB`, (client.cpuSeconds * PER_BYTES) / bytes, 's');
    figure(`${name}: resident memory, peak`, client.peakBytes / MEBIBYTE, 'MiB');
    rates.push(rateOf(transfer));
  }
  const [one = NaN, several = NaN] = rates;
  figure(`${SESSIONS} sessions against one`, several / one, 'times', '>= 6');
  portTarget.close();
  await target.close();
}
