import { rateOf, type Transfer } from '../floor/floor.ts';
import { startForwardCommand, type Forward } from '../forward.ts';
import { startLocalTarget } from '../local-target/local-target.ts';
import { startPortTarget } from '../local-target/port-target.ts';
import { watchUsage } from '../process-usage.ts';
import { figure, heading } from '../report.ts';

const MEGABYTE = 1_000_000;
const MEBIBYTE = 1024 * 1024;
const DOWNLOADS = 8;
const SESSIONS = 8;
/** Of each download, for each session: some ten seconds at the agent's pace. */
const BYTES_PER_SESSION = 750_000;
/** The runtime has compiled the program by then. */
const WARM_UP_BYTES = 250_000;
/** What a figure of CPU time is for. */
const PER_BYTES = 100 * MEGABYTE;

/** Receives this many bytes on each of several new connections at the same time. */
async function download(forward: Forward, bytes: number): Promise<Transfer> {
  const usage = watchUsage(forward.processId);
  const start = performance.now();
  await Promise.all(Array.from({ length: DOWNLOADS }, () => forward.download(bytes)));
  const seconds = (performance.now() - start) / 1000;
  return { bytes: DOWNLOADS * bytes, seconds, client: usage() };
}

/** What several sessions of one port are worth for downloads at the same time, at the agent's pace. */
export async function benchParallel(): Promise<void> {
  heading(`Forwarded port: ${DOWNLOADS} downloads at the same time, at the agent's pace`);
  const target = await startLocalTarget();
  const portTarget = await startPortTarget();
  const rates: number[] = [];
  for (const sessions of [1, SESSIONS]) {
    const forward = await startForwardCommand(target, portTarget.port, { sessions });
    await download(forward, WARM_UP_BYTES);
    const transfer = await download(forward, sessions * BYTES_PER_SESSION);
    await forward.stop();
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
