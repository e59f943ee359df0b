import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnavailableError } from '../../build/tool.ts';
import type { CleanupScope } from '../../test/support/cleanup-scope.ts';
import { startLocalTarget, type LocalTarget } from '../local-target/local-target.ts';
import { BUNDLE, environment, type ProgramSettings } from '../program.ts';
import { absent, figure, heading } from '../report.ts';
import { measureRun, type Copied } from './measured-run.ts';
import { startScp } from './scp.ts';

const MEGABYTE = 1_000_000;
const MEBIBYTE = 1024 * 1024;
const FILE_BYTES = 64 * MEGABYTE;
/** What a figure of CPU time is for. */
const PER_BYTES = 100 * MEGABYTE;
const TARGET = 'i-0123456789abcdef0';
const UP_SESSIONS = '8';
const ROUNDS = 2;

type Direction = 'down' | 'up';
const DIRECTIONS: readonly Direction[] = ['down', 'up'];
const AIMS = {
  down: { rate: '>= 15', name: 'down, one session' },
  up: { rate: '>= 3.5', name: `up, ${UP_SESSIONS} sessions` },
} as const;

/** Copies a file in a direction, with one of the programs. */
type Copy = (direction: Direction, from: string, to: string) => Promise<Copied>;

/** Where the target's side of a copy is, for both programs. */
function onTarget(path: string): string {
  return `${TARGET}:${path}`;
}

function ends(direction: Direction, from: string, to: string): readonly [string, string] {
  return direction === 'down' ? [onTarget(from), to] : [from, onTarget(to)];
}

function copyWithProgram(settings: ProgramSettings): Copy {
  return (direction, from, to) => {
    const options = direction === 'up' ? ['--sessions', UP_SESSIONS] : [];
    const args = ['cp', '--quiet', ...options, ...ends(direction, from, to)];
    return measureRun([...BUNDLE, ...args], { env: environment(settings) });
  };
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Copies a file into a directory with another name, and checks that it arrives whole. */
async function copyOnce(copy: Copy, direction: Direction, directory: string): Promise<Copied> {
  const [from, to] = [join(directory, 'source'), join(directory, 'copy')];
  const copied = await copy(direction, from, to);
  if (digestOf(from) !== digestOf(to)) throw new Error(`the copy ${direction} differs`);
  rmSync(to);
  return copied;
}

function rateOf({ seconds }: Copied): number {
  return FILE_BYTES / MEGABYTE / seconds;
}

function cpuOf({ usage }: Copied): number {
  return (usage.cpuSeconds * PER_BYTES) / FILE_BYTES;
}

function reportCopies(direction: Direction, copied: Copied, scp: Copied | undefined): void {
  const { name, rate } = AIMS[direction];
  figure(`${name}: cp`, rateOf(copied), 'MB/s');
  figure(`${name}: CPU time of cp for 100 MB`, cpuOf(copied), 's');
  figure(
    `${name}: resident memory of cp, peak`,
    copied.usage.peakBytes / MEBIBYTE,
    'MiB',
    '< 120 MiB',
  );
  if (scp === undefined) return;
  figure(`${direction}: scp through ssh-proxy`, rateOf(scp), 'MB/s');
  figure(`${direction}: CPU time of ssh-proxy for 100 MB`, cpuOf(scp), 's');
  figure(`${name}: cp against scp`, rateOf(copied) / rateOf(scp), 'times', rate);
  figure(`${name}: CPU time of cp against ssh-proxy's`, cpuOf(copied) / cpuOf(scp), '', '<= 1');
}

async function benchDirections(
  scope: CleanupScope,
  directory: string,
  target: LocalTarget,
): Promise<void> {
  const settings = { AWS_ENDPOINT_URL: `http://127.0.0.1:${target.port}`, AWS_REGION: 'us-east-1' };
  const scp = await startScp(scope, TARGET, settings).catch((error: unknown) => {
    if (!(error instanceof UnavailableError)) throw error;
    absent('scp', error.message);
    return undefined;
  });
  for (const direction of DIRECTIONS) {
    const copies: Copied[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      copies.push(await copyOnce(copyWithProgram(settings), direction, directory));
    }
    const fastest = copies.reduce((best, next) => (next.seconds < best.seconds ? next : best));
    const beside =
      scp &&
      (await copyOnce((way, from, to) => scp.copy(...ends(way, from, to)), direction, directory));
    reportCopies(direction, fastest, beside);
  }
}

/** What copying a file costs, beside scp through the program's ssh-proxy. Takes some minutes: scp is slow. */
export async function benchCopy(): Promise<void> {
  heading(
    `Copy: ${FILE_BYTES / MEGABYTE} MB of random bytes at the agent's pace, best of ${ROUNDS}; scp once`,
  );
  const works: (() => unknown)[] = [];
  const scope: CleanupScope = {
    after: (work) => void works.push(work as () => unknown),
  };
  const directory = mkdtempSync(join(tmpdir(), 'bench-copy-'));
  writeFileSync(join(directory, 'source'), randomBytes(FILE_BYTES));
  const target = await startLocalTarget({ sessions: { agent: { terminalPacing: true } } });
  try {
    await benchDirections(scope, directory, target);
  } finally {
    for (const work of works.reverse()) await work();
    await target.close();
    rmSync(directory, { recursive: true });
  }
}
