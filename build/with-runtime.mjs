// Runs its arguments with the Node.js runtime that the product ships, whatever Node.js started it:
//
//     node build/with-runtime.mjs FILE [ARGUMENT...]
//
// First it sees to what that needs: the dependencies of package-lock.json, and the runtime that
// build/runtimes.json pins. SSM_PLUGIN_NODE_RUNTIME=PATH names another runtime.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { arch, constants, platform } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { isatty } from 'node:tty';
import { ensureDependencies } from './runtime/dependencies.mjs';
import { ensureRuntime } from './runtime/runtime.mjs';
import { SetupError } from './runtime/setup.mjs';

const PERL = '/usr/bin/perl';
const REAP_ORPHANS = join(import.meta.dirname, 'runtime', 'reap-orphans.pl');

/**
 * Number of the system call prctl (Linux, `asm/unistd.h` of each architecture).
 *
 * @type {Partial<Record<string, number>>}
 */
const PRCTL = { x64: 157, ia32: 172, arm64: 167 };

/**
 * The command that runs a program and, where that is possible, takes in the processes that it leaves running.
 *
 * @param {string[]} command - a program and its arguments
 * @returns {string[]}
 */
function reapingOrphans(command) {
  const prctl = PRCTL[arch()];
  if (platform() !== 'linux' || prctl === undefined || !existsSync(PERL)) return command;
  return [PERL, REAP_ORPHANS, String(prctl), ...command];
}

/**
 * Runs the runtime as if it replaced this process.
 *
 * @param {string} runtime
 * @param {string[]} args
 */
function run(runtime, args) {
  const [program = runtime, ...programArgs] = reapingOrphans([
    runtime,
    '--disable-warning=ExperimentalWarning',
    ...args,
  ]);
  const child = spawn(program, programArgs, {
    stdio: 'inherit',
    // Whatever is started as `node` from there is the same runtime.
    env: { ...process.env, PATH: `${dirname(runtime)}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGQUIT'])) {
    process.on(signal, () => {
      // A terminal sends these to every process in the foreground, so the child has it already.
      if (!isatty(0)) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`with-runtime: ${runtime} cannot be run: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (status, signal) => {
    if (signal === null) {
      process.exitCode = status ?? 1;
      return;
    }
    process.exitCode = 128 + constants.signals[signal];
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

try {
  await ensureDependencies();
  run(ensureRuntime(), process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`with-runtime: ${error.message}\n`);
  process.exitCode = 1;
}
