import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeExecutable } from '../build/binary/make-executable.ts';
import { prepareRuntime } from '../build/binary/prepare-runtime.ts';
import { HERE } from '../build/runtime/runtime.mjs';
import { BINARY_TARGETS, TARGET_NAMES, type BinaryTarget } from '../build/targets.ts';
import { DOWNLOADS } from '../packaging/downloads.ts';
import { startLocalAws } from '../test/local-aws/local-aws.ts';
import { openSession } from './connection.ts';
import { startLocalTarget } from './local-target/local-target.ts';
import { DIST } from './paths.ts';
import { usageOf } from './process-usage.ts';
import type { Command } from './program.ts';
import { absent, figure, heading } from './report.ts';
import { leaveShell, openShell } from './shell.ts';
import { median } from './statistics.ts';

const RUNS = 60;
const MEGABYTE = 1_000_000;
const MEBIBYTE = 1024 * 1024;
/** After this time the start has finished. */
const IDLE_MS = 2000;

/** What the native binary costs, against a binary of the same runtime that does nothing. */
export async function benchNative(): Promise<void> {
  heading(`Native binary (${RUNS} runs each, in turn)`);
  const target = BINARY_TARGETS.find(({ runtime }) => runtime === HERE);
  const binary = target && join(DIST, 'binaries', target.name, target.executable);
  if (target === undefined || binary === undefined || !existsSync(binary)) {
    absent('start', 'there is no binary for this machine: npm run build:binaries');
  } else {
    await benchStarts(target, [binary]);
    await benchMemory([binary]);
  }
  benchSizes();
}

async function benchStarts(target: BinaryTarget, command: Command): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'session-manager-plugin-bench-'));
  const aws = await startLocalAws();
  const empty: number[] = [];
  const installed: number[] = [];
  const opened: number[] = [];
  try {
    const [emptyBinary] = makeEmptyBinary(target, directory);
    for (let i = 0; i < RUNS; i++) {
      empty.push(runMs(emptyBinary));
      installed.push(runMs(command[0]));
      const { program, openMs } = await openSession(aws, command);
      opened.push(openMs);
      program.kill('SIGKILL');
      await once(program, 'exit');
    }
  } finally {
    await aws.close();
    rmSync(directory, { recursive: true });
  }
  for (const [how, of] of [
    ['minimum', (times: readonly number[]) => Math.min(...times)],
    ['median', median],
  ] as const) {
    figure(`empty binary, ${how}`, of(empty), 'ms');
    figure(`no arguments, ${how}`, of(installed), 'ms');
    figure(`start to open WebSocket, ${how}`, of(opened), 'ms');
    figure(
      `no arguments over the empty binary, ${how}`,
      of(installed) / of(empty),
      'x',
      '<= 1.25 x',
    );
    figure(`open WebSocket over the empty binary, ${how}`, of(opened) / of(empty), 'x', '<= 1.7 x');
  }
}

function makeEmptyBinary(target: BinaryTarget, directory: string): Command {
  const entry = join(directory, 'empty.cjs');
  writeFileSync(entry, '');
  const output = join(directory, 'empty');
  const runtime = prepareRuntime(target, '0.0.0.0', directory);
  makeExecutable(target, runtime, { entry, assets: {} }, output);
  return [output];
}

function runMs(file: string): number {
  const start = performance.now();
  const { status } = spawnSync(file, [], { stdio: 'ignore' });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${file} exited with status ${status ?? 'unknown'}`);
  return elapsed;
}

async function benchMemory(command: Command): Promise<void> {
  const target = await startLocalTarget();
  const { terminal } = await openShell(target, command);
  await delay(IDLE_MS);
  const bytes = usageOf(terminal.pid)?.residentBytes ?? NaN;
  figure('resident memory of an idle shell session', bytes / MEBIBYTE, 'MiB', '<= 60 MB');
  await leaveShell(terminal);
  await target.close();
}

/** How large the downloads are, and what they install. */
function benchSizes(): void {
  heading('Sizes (the aims are for `npm run package -- --release`)');
  for (const name of TARGET_NAMES) {
    for (const { path } of DOWNLOADS[name]) {
      const file = join(DIST, 'plugin', 'latest', path);
      if (!existsSync(file)) absent(path, 'npm run package -- --release');
      else figure(path, statSync(file).size / MEGABYTE, 'MB', sizeAim(path));
    }
    const tree = join(DIST, 'trees', name);
    if (existsSync(tree)) {
      figure(`${name}, installed`, sizeOf(tree) / MEGABYTE, 'MB', '<= 112 MB');
    }
  }
}

function sizeAim(path: string): string {
  if (path.includes('32bit')) return '<= 40 MB';
  return path.endsWith('SessionManagerPlugin.zip') ? '' : '<= 27 MB';
}

/** Bytes of all files in a directory. */
function sizeOf(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
