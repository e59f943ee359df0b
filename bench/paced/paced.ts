import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gathering } from '../../src/channel/receiving/frame-gathering.ts';
import { createAuthority } from '../../test/network/certificate-authority.ts';
import { rateOf, type Transfer } from '../floor/floor.ts';
import { startForward, type Forward } from '../forward.ts';
import { startLocalTarget, type LocalTarget } from '../local-target/local-target.ts';
import { startPortTarget } from '../local-target/port-target.ts';
import type { Command, ProgramSettings } from '../program.ts';
import { figure, heading } from '../report.ts';
import { leaveShell, openShell, typeKeys } from '../shell.ts';
import { median, percentile } from '../statistics.ts';

const MEGABYTE = 1_000_000;
/** The runtime has compiled the program by then: later transfers cost the same. */
const WARM_UP_BYTES = 10 * MEGABYTE;
const ROUNDS = 4;
const ROUND_BYTES = 3 * MEGABYTE;
/** What a figure is for. */
const PER_BYTES = 100 * MEGABYTE;
const KEY_ROUNDS = 5;
const KEYS_PER_ROUND = 100;

const CHOICES: readonly Gathering[] = ['at-once', 'gathered'];
const NAMES: Readonly<Record<Gathering, string>> = {
  'at-once': 'each message on its own',
  gathered: 'bulk data gathered',
};

/** A target with TLS, as the service has it: each write of the program is a record. */
interface SecureTarget {
  readonly target: LocalTarget;
  readonly settings: ProgramSettings;
  readonly close: () => Promise<void>;
}

async function startSecureTarget(): Promise<SecureTarget> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-paced-'));
  const authority = createAuthority(directory, 'Bench authority');
  const target = await startLocalTarget({
    tls: authority.issue(['DNS:localhost']),
    hostName: 'localhost',
  });
  return {
    target,
    settings: { AWS_CA_BUNDLE: authority.file },
    close: async () => {
      await target.close();
      rmSync(directory, { recursive: true });
    },
  };
}

function programWith(gathering: Gathering): Command {
  return [process.execPath, join(import.meta.dirname, 'paced-program.ts'), gathering];
}

async function benchDownloads({ target, settings }: SecureTarget): Promise<void> {
  heading("Forwarded port: downloads at the agent's pace, over TLS");
  const portTarget = await startPortTarget();
  const forwards = new Map<Gathering, Forward>();
  for (const gathering of CHOICES) {
    const command = programWith(gathering);
    const options = { port: portTarget.port, settings, pacing: true, command };
    forwards.set(gathering, await startForward(target, options));
  }
  await Promise.all([...forwards.values()].map((forward) => forward.download(WARM_UP_BYTES)));
  const transfers = new Map<Gathering, Transfer[]>(CHOICES.map((gathering) => [gathering, []]));
  // In turn: what else the machine does concerns both.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [gathering, forward] of forwards) {
      transfers.get(gathering)?.push(await forward.download(ROUND_BYTES));
    }
  }
  for (const forward of forwards.values()) await forward.stop();
  portTarget.close();
  reportDownloads(transfers);
}

function reportDownloads(transfers: ReadonlyMap<Gathering, readonly Transfer[]>): void {
  const cpu = new Map<Gathering, number>();
  for (const [gathering, each] of transfers) {
    const used = each.reduce((sum, { client }) => sum + client.cpuSeconds, 0);
    const seconds = (used * PER_BYTES) / (ROUNDS * ROUND_BYTES);
    cpu.set(gathering, seconds);
    figure(`rate, ${NAMES[gathering]}`, median(each.map(rateOf)), 'MB/s');
    figure(`CPU time for 100 MB, ${NAMES[gathering]}`, seconds, 's');
  }
  const ratio = (cpu.get('gathered') ?? NaN) / (cpu.get('at-once') ?? NaN);
  figure('CPU time gathered against each on its own', ratio, 'times', '<= 0.9');
}

async function benchKeys({ target, settings }: SecureTarget): Promise<void> {
  heading('Shell session: keystroke to echo, over TLS');
  const times = new Map<Gathering, number[]>();
  const terminals = new Map<Gathering, Awaited<ReturnType<typeof openShell>>['terminal']>();
  for (const gathering of CHOICES) {
    times.set(gathering, []);
    const { terminal } = await openShell(target, programWith(gathering), settings);
    terminals.set(gathering, terminal);
  }
  for (let round = 0; round < KEY_ROUNDS; round++) {
    for (const [gathering, terminal] of terminals) {
      times.get(gathering)?.push(...(await typeKeys(terminal, KEYS_PER_ROUND)));
    }
  }
  for (const terminal of terminals.values()) await leaveShell(terminal);
  for (const [gathering, each] of times) {
    figure(`median, ${NAMES[gathering]}`, median(each), 'ms');
    figure(`99th percentile, ${NAMES[gathering]}`, percentile(each, 0.99), 'ms');
  }
  const ratio = median(times.get('gathered') ?? []) / median(times.get('at-once') ?? []);
  figure('gathered against each on its own', ratio, 'times', 'about 1');
}

/** What each message costs at the pace of the agent, with bulk data gathered and without. */
export async function benchPaced(): Promise<void> {
  const secure = await startSecureTarget();
  await benchDownloads(secure);
  await benchKeys(secure);
  await secure.close();
}
