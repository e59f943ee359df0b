import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAUNCHER, PROGRAM } from './paths.ts';
import { figure, heading } from './report.ts';
import { median } from './statistics.ts';

const RUNS = 40;

function runMs(script: string, args: readonly string[] = []): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'ignore' });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${script} exited with status ${status ?? 'unknown'}`);
  return elapsed;
}

/** What a start costs that opens no session: runs of each kind in turn, so that all see one machine. */
export function benchStartup(): void {
  const directory = mkdtempSync(join(tmpdir(), 'session-manager-plugin-bench-'));
  const empty = join(directory, 'empty.cjs');
  writeFileSync(empty, '');
  const kinds = [
    { name: 'empty script', script: empty, args: [] },
    { name: 'no arguments', script: PROGRAM, args: [] },
    { name: 'no arguments, through the launcher', script: LAUNCHER, args: [] },
    { name: '--version', script: PROGRAM, args: ['--version'] },
  ].map((kind) => ({ ...kind, times: [] as number[] }));
  try {
    for (let i = 0; i < RUNS; i++) {
      for (const { script, args, times } of kinds) times.push(runMs(script, args));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  heading(`Start without a session (${RUNS} runs each, in turn)`);
  const [floor] = kinds;
  for (const { name, times } of kinds) {
    figure(`${name}, minimum`, Math.min(...times), 'ms');
    figure(`${name}, median`, median(times), 'ms');
    if (times === floor?.times) continue;
    const difference = (of: (values: readonly number[]) => number): number =>
      of(times) - of(floor?.times ?? []);
    figure(
      `${name}, minimum over the empty script's`,
      difference((all) => Math.min(...all)),
      'ms',
      '< 15 ms',
    );
    figure(`${name}, median over the empty script's`, difference(median), 'ms', '< 15 ms');
  }
}
