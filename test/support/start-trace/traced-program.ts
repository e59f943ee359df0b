// The main script of a traced start, in place of that of a native binary:
//
//     node traced-program.cjs ORDER ARGUMENT...
//
// It loads the files of the bundle as src/cli/process/single-executable.ts does, writes down what is loaded and
// when, and kills the process once the WebSocket is open. It imports as little as possible: what it loads is not
// seen as loaded by the program.

import { subscribe } from 'node:diagnostics_channel';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Profiler, Session } from 'node:inspector';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import {
  bundleRequire,
  CODE_CACHE_SUFFIX,
  compileBundleFile,
  wrapBundleFile,
  type BundleFile,
} from '../../../src/lib/bundle-file.ts';
import type { Load, Moment, MOMENTS, StartReport, TraceOrder } from './start-report.ts';

/** This script is a CommonJS module, as the main script of a native binary is. */
declare const require: (id: string) => unknown;

const PROGRAM = './session-manager-plugin.cjs';
const PROFILE_INTERVAL_MICROSECONDS = 100;

const order = JSON.parse(process.argv[2] ?? '') as TraceOrder;
process.argv.splice(2, 1);

interface RunningLoad {
  nestedMs: number;
}

const loads: Load[] = [];
const running: RunningLoad[] = [];
const known = new Set<string>();
const moments: Partial<Record<(typeof MOMENTS)[number], Moment>> = {};
const session = order.profiles ? startProfile() : undefined;
const modulesBefore = new Set(runtimeModules());
const cpuBefore = cpuMilliseconds();
const begin = milliseconds();

function milliseconds(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Of the processor, in all threads: other programs on the machine count less than in the time that passes. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Modules of the runtime that are loaded, also those that only it can ask for. */
function runtimeModules(): readonly string[] {
  const PREFIX = 'NativeModule ';
  // Not part of the documented `process`.
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
  return moduleLoadList.flatMap((entry) =>
    entry.startsWith(PREFIX) ? [entry.slice(PREFIX.length)] : [],
  );
}

/** Writes down a load, and how long it takes without the loads within it. */
function loading<Value>(
  kind: Load['kind'],
  name: string,
  load: (compiled: () => void) => Value,
): Value {
  const start = cpuMilliseconds();
  let compileMs = 0;
  const own: RunningLoad = { nestedMs: 0 };
  running.push(own);
  const value = load(() => {
    compileMs = cpuMilliseconds() - start;
  });
  running.pop();
  const ms = cpuMilliseconds() - start;
  const around = running.at(-1);
  if (around !== undefined) around.nestedMs += ms;
  loads.push({ kind, name, ms: ms - own.nestedMs, compileMs });
  return value;
}

function loadBuiltin(id: string): unknown {
  const name = id.replace(/^node:/, '');
  if (known.has(name)) return require(id);
  known.add(name);
  const loaded = loading('builtin', name, () => require(id));
  if (name === 'net') watchSockets(loaded as { readonly Socket: typeof Socket });
  return loaded;
}

function compileFile(name: string): ReturnType<typeof compileBundleFile> {
  const cache = join(order.codeCaches ?? '', name + CODE_CACHE_SUFFIX);
  const codeCache =
    order.codeCaches !== undefined && existsSync(cache) ? readFileSync(cache) : undefined;
  return compileBundleFile(name, wrapBundleFile(readFileSync(join(order.bundle, name))), codeCache);
}

/** Writes down what a file costs together with its evaluation. */
function loadFile(name: string): { runInThisContext: () => BundleFile } {
  return {
    runInThisContext:
      () =>
      (...parameters) => {
        loading('file', name, (compiled) => {
          const script = compileFile(name);
          compiled();
          (script.runInThisContext() as BundleFile)(...parameters);
        });
      },
  };
}

function reach(name: (typeof MOMENTS)[number]): void {
  const ms = milliseconds();
  moments[name] ??= {
    ms: ms - begin,
    cpuMs: cpuMilliseconds() - cpuBefore,
    loads: loads.length,
    runtimeModules: runtimeModules().filter((module) => !modulesBefore.has(module)),
    profileTime: ms * 1000,
  };
}

/** The first write is the request for the WebSocket, which comes in one piece; the second is on it. */
function watchSockets(net: { readonly Socket: typeof Socket }): void {
  const { prototype } = net.Socket;
  const write = Reflect.get(prototype, 'write') as (...parameters: unknown[]) => boolean;
  prototype.write = function (this: Socket, ...parameters: unknown[]) {
    if (this.remoteAddress !== undefined) {
      if (moments.firstByte === undefined) reach('firstByte');
      else if (moments.open === undefined) {
        reach('open');
        setImmediate(finish);
      }
    }
    return write.apply(this, parameters);
  };
}

function startProfile(): Session {
  const { Session: InspectorSession } = require('node:inspector') as {
    readonly Session: new () => Session;
  };
  const started = new InspectorSession();
  started.connect();
  started.post('Profiler.enable');
  started.post('Profiler.setSamplingInterval', { interval: PROFILE_INTERVAL_MICROSECONDS });
  started.post('Profiler.start');
  return started;
}

function finish(): void {
  let profile: Profiler.Profile | undefined;
  session?.post('Profiler.stop', (_error, result) => {
    profile = result.profile;
  });
  const report: StartReport = {
    loads,
    moments: moments as StartReport['moments'],
    profile,
  };
  writeFileSync(order.report, JSON.stringify(report));
  process.kill(process.pid, 'SIGKILL');
}

subscribe('net.client.socket', () => {
  reach('connecting');
});
bundleRequire(loadFile, loadBuiltin)(PROGRAM);
