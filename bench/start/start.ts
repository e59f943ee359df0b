import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCodeCaches } from '../../build/binary/code-cache.ts';
import { createEmulator } from '../../build/binary/emulator.ts';
import { RUNTIME_OPTIONS } from '../../build/binary/runtime-options.ts';
import { HERE } from '../../build/runtime/runtime.mjs';
import { BINARY_TARGETS } from '../../build/targets.ts';
import {
  MOMENTS,
  type Load,
  type Moment,
  type StartReport,
} from '../../test/support/start-trace/start-report.ts';
import { traceStart } from '../../test/support/start-trace/trace-start.ts';
import { startLocalTarget } from '../local-target/local-target.ts';
import { DIST } from '../paths.ts';
import { environment } from '../program.ts';
import { figure, heading, line } from '../report.ts';
import { stepsOf } from './start-steps.ts';

const REQUEST = { Target: 'mi-bench' };
/** Steps below it are many, and of no use to shorten. */
const SHORTEST_STEP_MS = 0.2;

const TITLES: Readonly<Record<(typeof MOMENTS)[number], string>> = {
  connecting: 'begins to connect',
  firstByte: 'sends the first byte',
  open: 'sends on the open WebSocket',
};

/**
 * What the program loads and computes from its first line to the first message on an open WebSocket, when the AWS
 * CLI calls it: two starts, one of them with a profile, by this runtime and with the options and code caches of a
 * native binary.
 */
export async function benchStart(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'session-manager-plugin-bench-'));
  const target = await startLocalTarget();
  try {
    const codeCaches = cachesIn(directory);
    const trace = async (profiles: boolean): Promise<StartReport> =>
      traceStart({
        args: await target.start(REQUEST, {}),
        env: environment({}),
        profiles,
        options: RUNTIME_OPTIONS,
        ...(codeCaches === undefined ? {} : { codeCaches }),
      });
    printLoads(await trace(false));
    printSteps(await trace(true));
  } finally {
    await target.close();
    rmSync(directory, { recursive: true });
  }
}

function cachesIn(directory: string): string | undefined {
  const target = BINARY_TARGETS.find(({ runtime }) => runtime === HERE);
  const emulator = target && createEmulator(target);
  if (emulator === undefined) return undefined;
  makeCodeCaches(emulator, { path: process.execPath, options: RUNTIME_OPTIONS }, DIST, directory);
  return directory;
}

function printLoads({ loads, moments }: StartReport): void {
  heading(
    'Start of a session: what is loaded, in this order (CPU time without what it loads itself)',
  );
  let printed = 0;
  let modules = 0;
  for (const name of MOMENTS) {
    const moment = moments[name];
    for (const load of loads.slice(printed, moment.loads)) printLoad(load);
    line(`  ${TITLES[name]}: ${moment.ms.toFixed(1)} ms, ${moment.cpuMs.toFixed(1)} ms of CPU`);
    line(`    ${moment.runtimeModules.length - modules} more modules of the runtime`);
    printed = moment.loads;
    modules = moment.runtimeModules.length;
  }
  line(`  Modules of the runtime that its own start does not load: ${listOf(moments.open)}`);
}

function printLoad({ kind, name, ms, compileMs }: Load): void {
  if (kind === 'builtin') {
    figure(`  node:${name}`, ms, 'ms');
    return;
  }
  figure(`  ${name}, read and compiled`, compileMs, 'ms');
  figure(`  ${name}, evaluated`, ms - compileMs, 'ms');
}

function listOf({ runtimeModules }: Moment): string {
  return runtimeModules.filter((name) => !/^(internal\/|_)/.test(name)).join(', ');
}

function printSteps({ profile, moments }: StartReport): void {
  if (profile === undefined) return;
  heading('Start of a session: what is computed, longest first (a profile, which slows it down)');
  let until = 0;
  for (const name of ['firstByte', 'open'] as const) {
    const before = new Map(stepsOf(profile, until).map((step) => [step.name, step.ms]));
    until = moments[name].profileTime;
    line(`  until it ${TITLES[name]}`);
    for (const step of stepsOf(profile, until)) {
      const ms = step.ms - (before.get(step.name) ?? 0);
      if (ms >= SHORTEST_STEP_MS) figure(`    ${step.name}`, ms, 'ms');
    }
  }
}
