import { startDelayRelay } from './delay-relay.ts';
import { startForward } from '../forward.ts';
import { startLocalTarget, type LocalTarget } from '../local-target/local-target.ts';
import { startPortTarget, WARM_UP_BYTES } from '../local-target/port-target.ts';
import { figure, heading } from '../report.ts';

const MEBIBYTE = 1024 * 1024;
const MEGABYTE = 1_000_000;
const ONE_WAY_MS = 25;
/** Frames that do not arrive. */
const LOSS = 0.005;
/** The same frames are lost in every run. */
const SEED = 1;
const UPLOAD_BYTES = 14 * MEBIBYTE;
/** Default message rate, times the payload of a full message. */
const LIMIT_BYTES_PER_SECOND = 900 * 1024;
/** What the upload must reach, MB/s. */
const AIM = '>= 0.65 MB/s';

interface LossyPath {
  readonly name: string;
  readonly toAgent: number;
  readonly toClient: number;
}

const PATHS: readonly LossyPath[] = [
  { name: 'nothing lost', toAgent: 0, toClient: 0 },
  { name: 'messages lost', toAgent: LOSS, toClient: 0 },
  { name: 'messages and acknowledgements lost', toAgent: LOSS, toClient: LOSS },
];

/** @returns MB/s once windows and buckets have settled */
async function upload(target: LocalTarget, port: number, path: LossyPath): Promise<number> {
  const relay = await startDelayRelay(target.port, ONE_WAY_MS);
  const forward = await startForward(target, {
    port,
    settings: {},
    gatewayPort: relay.port,
    faults: { seed: SEED, toAgent: { loss: path.toAgent }, toClient: { loss: path.toClient } },
  });
  const { warmSeconds } = await forward.upload(UPLOAD_BYTES);
  await forward.stop();
  relay.close();
  return (UPLOAD_BYTES - WARM_UP_BYTES) / MEGABYTE / warmSeconds;
}

/** What an upload keeps of the default message rate on a path that loses frames. */
export async function benchLossy(): Promise<void> {
  heading(
    `Forwarded port: upload at the default rate, ${2 * ONE_WAY_MS} ms round trip, ${100 * LOSS} % of the frames lost`,
  );
  const target = await startLocalTarget();
  const portTarget = await startPortTarget();
  const limit = LIMIT_BYTES_PER_SECOND / MEGABYTE;
  figure('limit of the rate', limit, 'MB/s');
  for (const path of PATHS) {
    const rate = await upload(target, portTarget.port, path);
    figure(path.name, rate, 'MB/s', AIM);
    figure(`${path.name}: against the limit`, (100 * rate) / limit, '%');
  }
  portTarget.close();
  await target.close();
}
