import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeExecutable } from '../build/binary/make-executable.ts';
import { prepareRuntime } from '../build/binary/prepare-runtime.ts';
import { binaryPath } from '../build/program.ts';
import { HERE } from '../build/runtime/runtime.mjs';
import { BINARY_TARGETS, TARGET_NAMES, type BinaryTarget } from '../build/targets.ts';
import { downloadsOf } from '../packaging/downloads.ts';
import { readRelease } from '../packaging/release-settings.ts';
import { LARGEST_TREE_BYTES, largestDownload, sizeOfTree } from '../packaging/size-limits.ts';
import { startLocalAws } from '../test/local-aws/local-aws.ts';
import { openSession } from './connection.ts';
import { startLocalTarget } from './local-target/local-target.ts';
import { DIST } from './paths.ts';
import { usageOf } from './process-usage.ts';
import type { Command } from './program.ts';
import { absent, figure, heading } from './report.ts';
import { leaveShell, openShell } from './shell.ts';
import { median } from './statistics.ts';

/** Names a second native binary, such as one of another runtime, which is measured in turn with the first. */
const BESIDE_VARIABLE = 'SSM_PLUGIN_BENCH_BESIDE';
const RUNS = 60;
const MEGABYTE = 1_000_000;
const MEBIBYTE = 1024 * 1024;
/** After this time the start has finished. */
const IDLE_MS = 2000;

/** What the native binary costs, against a binary of the same runtime that does nothing. */
export async function benchNative(): Promise<void> {
  heading(`Native binary (${RUNS} runs each, in turn)`);
  const target = BINARY_TARGETS.find(({ runtime }) => runtime === HERE);
  const binary = target && binaryPath(target);
  if (target === undefined || binary === undefined || !existsSync(binary)) {
    absent('start', 'there is no binary for this machine: npm run build:binaries');
  } else {
    const beside = process.env[BESIDE_VARIABLE] ?? '';
    const programs = [
      measured('', [binary]),
      ...(beside === '' ? [] : [measured(', beside', [beside])]),
    ];
    await benchStarts(target, programs);
    for (const { label, command } of programs) await benchMemory(label, command);
  }
  benchSizes();
}

/** A native binary, and how long its starts took in milliseconds. */
interface Measured {
  /** Ends the name of each figure. */
  readonly label: string;
  readonly command: Command;
  readonly installed: number[];
  readonly opened: number[];
}

function measured(label: string, command: Command): Measured {
  return { label, command, installed: [], opened: [] };
}

async function benchStarts(target: BinaryTarget, programs: readonly Measured[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'session-manager-plugin-bench-'));
  const aws = await startLocalAws();
  const empty: number[] = [];
  try {
    const [emptyBinary] = makeEmptyBinary(target, directory);
    for (let i = 0; i < RUNS; i++) {
      empty.push(runMs(emptyBinary));
      for (const { command, installed, opened } of programs) {
        installed.push(runMs(command[0]));
        const { program, openMs } = await openSession(aws, command);
        opened.push(openMs);
        program.kill('SIGKILL');
        await once(program, 'exit');
      }
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
    for (const { label, installed, opened } of programs) {
      figure(`no arguments, ${how}${label}`, of(installed), 'ms');
      figure(`start to open WebSocket, ${how}${label}`, of(opened), 'ms');
      figure(
        `no arguments over the empty binary, ${how}${label}`,
        of(installed) / of(empty),
        'x',
        '<= 1.25 x',
      );
      figure(
        `open WebSocket over the empty binary, ${how}${label}`,
        of(opened) / of(empty),
        'x',
        '<= 1.7 x',
      );
    }
  }
}

function makeEmptyBinary(target: BinaryTarget, directory: string): Command {
  const entry = join(directory, 'empty.cjs');
  writeFileSync(entry, '');
  const made = join(directory, 'made');
  const runtime = prepareRuntime(target, '0.0.0.0', directory);
  makeExecutable(target, runtime, { entry, assets: {} }, made);
  // As the program: pages of a copy are mapped in smaller pieces than those of a file that was written at once.
  const output = join(directory, 'empty');
  copyFileSync(made, output);
  return [output];
}

function runMs(file: string): number {
  const start = performance.now();
  const { status } = spawnSync(file, [], { stdio: 'ignore' });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${file} exited with status ${status ?? 'unknown'}`);
  return elapsed;
}

async function benchMemory(label: string, command: Command): Promise<void> {
  const target = await startLocalTarget();
  const { terminal } = await openShell(target, command);
  await delay(IDLE_MS);
  const bytes = usageOf(terminal.pid)?.residentBytes ?? NaN;
  figure(`resident memory of an idle shell session${label}`, bytes / MEBIBYTE, 'MiB', '<= 60 MB');
  await leaveShell(terminal);
  await target.close();
}

/** How large the downloads are, and what they install. */
function benchSizes(): void {
  heading('Sizes (the aims are for `npm run package -- --release`)');
  const release = readRelease('small');
  for (const name of TARGET_NAMES) {
    for (const { path } of downloadsOf(name, release)) {
      const file = join(DIST, 'plugin', 'latest', path);
      if (!existsSync(file)) absent(path, 'npm run package -- --release');
      else figure(path, statSync(file).size / MEGABYTE, 'MB', aim(largestDownload(path)));
    }
    const tree = join(DIST, 'trees', name);
    if (existsSync(tree)) {
      figure(`${name}, installed`, sizeOfTree(tree) / MEGABYTE, 'MB', aim(LARGEST_TREE_BYTES));
    }
  }
}

function aim(bytes: number | undefined): string {
  return bytes === undefined ? '' : `<= ${bytes / MEGABYTE} MB`;
}
