import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { startDelayRelay } from './lossy/delay-relay.ts';
import { fastest, rateOf, startFloor, type Direction, type Transfer } from './floor/floor.ts';
import { startForward, type Forward } from './forward.ts';
import { startLocalTarget, type LocalTarget } from './local-target/local-target.ts';
import { startPortTarget, WARM_UP_BYTES } from './local-target/port-target.ts';
import { usageOf } from './process-usage.ts';
import { figure, heading } from './report.ts';
import { median } from './statistics.ts';

const MEBIBYTE = 1024 * 1024;
const KIBIBYTE = 1024;
const MEGABYTE = 1_000_000;
const ROUNDS = 3;
const TRANSFER_BYTES = 100 * MEBIBYTE;
/** No limit of messages each second. */
const NO_RATE = { SSM_PLUGIN_MAX_MESSAGE_RATE: '0' } as const;
const DEFAULT_RATE = {} as const;

const ONE_WAY_MS = 25;
const DELAYED_BYTES = 32 * MEBIBYTE;
/** Unacknowledged bytes above which the service is reported to close the channel. */
const WINDOW_BYTES = 256 * KIBIBYTE;

/** Default message rate, times the payload of a full message. */
const DEFAULT_BYTES_PER_SECOND = 900 * KIBIBYTE;
const PACED_BYTES = 12 * MEBIBYTE;
const ENDLESS_BYTES = 1024 * MEBIBYTE;
const REQUESTS = 40;
const REQUEST_BYTES = KIBIBYTE;

const IDLE_CONNECTIONS = 1000;
/** Skips what only a beginning costs: bursts of the rate's bucket, memory that is released again. */
const SETTLE_MS = 2000;

async function benchTransfers(target: LocalTarget, port: number): Promise<void> {
  heading(`Forwarded port: 100 MiB on one connection, rate and pacing off, best of ${ROUNDS}`);
  for (const direction of ['up', 'down'] satisfies Direction[]) {
    const bare: Transfer[] = [];
    const forwarded: Transfer[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const floor = await startFloor();
      bare.push(await floor.transfer(direction, TRANSFER_BYTES));
      floor.close();
      forwarded.push(await transferOnce(target, port, direction));
    }
    reportTransfers(direction, fastest(bare), fastest(forwarded));
    const peak = Math.max(...forwarded.map(({ client }) => client.peakBytes));
    figure(`${direction}: resident memory, peak`, peak / MEBIBYTE, 'MiB', '< 110 MiB');
  }
}

async function transferOnce(
  target: LocalTarget,
  port: number,
  direction: Direction,
): Promise<Transfer> {
  const forward = await startForward(target, { port, settings: NO_RATE });
  const transfer =
    direction === 'up'
      ? await forward.upload(TRANSFER_BYTES)
      : await forward.download(TRANSFER_BYTES);
  await forward.stop();
  return transfer;
}

function reportTransfers(direction: Direction, floor: Transfer, forwarded: Transfer): void {
  const [floorCpu, cpu] = [floor.client.cpuSeconds, forwarded.client.cpuSeconds];
  figure(`${direction}: floor`, rateOf(floor), 'MB/s');
  figure(`${direction}: forwarded`, rateOf(forwarded), 'MB/s');
  figure(
    `${direction}: against the floor`,
    (100 * rateOf(forwarded)) / rateOf(floor),
    '%',
    '>= 70 %',
  );
  figure(`${direction}: CPU time of the floor's client`, floorCpu, 's');
  figure(`${direction}: CPU time of the program`, cpu, 's');
  figure(`${direction}: CPU time against the floor's`, cpu / floorCpu, 'times', '<= 1.4');
}

async function benchDelay(target: LocalTarget, port: number): Promise<void> {
  heading(`Forwarded port: upload with ${2 * ONE_WAY_MS} ms added round trip, rate off`);
  const relay = await startDelayRelay(target.port, ONE_WAY_MS);
  const forward = await startForward(target, { port, settings: NO_RATE, gatewayPort: relay.port });
  const { warmSeconds, ...transfer } = await forward.upload(DELAYED_BYTES);
  await forward.stop();
  relay.close();
  const limit = WINDOW_BYTES / MEGABYTE / ((2 * ONE_WAY_MS) / 1000);
  const steady = (DELAYED_BYTES - WARM_UP_BYTES) / MEGABYTE / warmSeconds;
  figure('window / round trip', limit, 'MB/s');
  figure('from the first byte on', rateOf(transfer), 'MB/s');
  figure('once the window has grown', steady, 'MB/s');
  figure('against window / round trip', steady / limit, '', '>= 0.9');
}

async function benchPacedUpload(target: LocalTarget, port: number): Promise<void> {
  heading('Forwarded port: the default message rate');
  const forward = await startForward(target, { port, settings: DEFAULT_RATE });
  const { warmSeconds } = await forward.upload(PACED_BYTES);
  const bytesPerSecond = (PACED_BYTES - WARM_UP_BYTES) / warmSeconds;
  figure('upload', bytesPerSecond / KIBIBYTE, 'KiB/s');
  figure(
    'upload against 900 messages of 1024 bytes',
    (100 * bytesPerSecond) / DEFAULT_BYTES_PER_SECOND,
    '%',
    '97 to 103 %',
  );
  const times = await requestsBesideUpload(forward);
  figure(
    `request of 1 KiB beside an upload, median of ${REQUESTS}`,
    median(times),
    'ms',
    '< 60 ms',
  );
  figure('request of 1 KiB beside an upload, maximum', Math.max(...times), 'ms');
  await forward.stop();
}

async function requestsBesideUpload(forward: Forward): Promise<readonly number[]> {
  const upload = await forward.open(`up ${ENDLESS_BYTES}`);
  upload.write(Buffer.alloc(WARM_UP_BYTES * 16));
  await delay(SETTLE_MS);
  const requests = await forward.open('echo 0');
  const times: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    let received = 0;
    const start = performance.now();
    requests.write(Buffer.alloc(REQUEST_BYTES));
    while (received < REQUEST_BYTES) {
      const [chunk] = (await once(requests, 'data')) as [Buffer];
      received += chunk.length;
    }
    times.push(performance.now() - start);
  }
  requests.destroy();
  upload.destroy();
  return times;
}

async function benchIdleConnections(target: LocalTarget, port: number): Promise<void> {
  heading(`Forwarded port: ${IDLE_CONNECTIONS} idle connections`);
  const forward = await startForward(target, { port, settings: NO_RATE });
  const resident = async (): Promise<number> => {
    await delay(SETTLE_MS);
    return usageOf(forward.processId)?.residentBytes ?? NaN;
  };
  const connect = async (): Promise<void> => {
    const socket = await forward.open('echo 0');
    socket.write('x');
    await once(socket, 'data');
  };
  const connectAll = async (): Promise<number> => {
    for (let i = 0; i < IDLE_CONNECTIONS; i++) await connect();
    return resident();
  };
  await connect();
  const before = await resident();
  const first = await connectAll();
  const second = await connectAll();
  const each = (bytes: number): number => bytes / KIBIBYTE / IDLE_CONNECTIONS;
  figure('resident memory before', before / MEBIBYTE, 'MiB');
  figure('resident memory with them', first / MEBIBYTE, 'MiB');
  // The first include what the garbage collector takes as room to work in, once.
  figure('each', each(first - before), 'KiB', '< 20 KiB');
  figure('each of as many more', each(second - first), 'KiB', '< 20 KiB');
  await forward.stop();
}

/** What forwarded ports cost, through the local target and against the floor. */
export async function benchPort(): Promise<void> {
  const target = await startLocalTarget();
  const portTarget = await startPortTarget();
  for (const bench of [benchTransfers, benchDelay, benchPacedUpload, benchIdleConnections]) {
    await bench(target, portTarget.port);
  }
  portTarget.close();
  await target.close();
}
