// Runs on the runtime of the target, started by code-cache.ts:
//
//     node code-cache-maker.ts fit
//     node code-cache-maker.ts make FLAGS_HASH BUNDLE_DIRECTORY OUTPUT_DIRECTORY
//     node code-cache-maker.ts check BUNDLE_DIRECTORY OUTPUT_DIRECTORY
//
// `fit` prints what V8 compares the flags of a code cache with. `make` runs the program until it has
// opened a session and writes the code cache of each file it has loaded: with every function that a
// start needs. `check` fails when the runtime does not take one of them.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { mock } from 'node:test';
import { Script } from 'node:vm';
import { WebSocketServer } from 'ws';
import {
  bundleRequire,
  CODE_CACHE_SUFFIX,
  compileBundleFile,
  wrapBundleFile,
} from '../../src/lib/bundle-file.ts';

/** Offset in a code cache of the hash over V8's flags, 4 bytes (V8, `SerializedCodeData`). */
const FLAGS_HASH_OFFSET = 12;

const PROGRAM = './session-manager-plugin.cjs';
/** What most sessions do without, so that the run below does not load it. */
const FURTHER = [
  './session-aws.cjs',
  './aws.cjs',
  './commands.cjs',
  './aws-commands.cjs',
  './aws-sign-in.cjs',
  './seelog.cjs',
] as const;

function printFit(): void {
  const hash = new Script('0').createCachedData().readUInt32LE(FLAGS_HASH_OFFSET);
  process.stdout.write(`${hash}\n`);
}

/** Without the first there are no sockets on Windows; wine finds its own directories by the others. */
const NEEDED_BY_SYSTEM = /^(?:SYSTEMROOT$|WINE)/i;
/** The run signs with them; nothing of them can get into a code cache, which holds no values. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'code-cache', AWS_SECRET_ACCESS_KEY: 'code-cache' };

/**
 * Lets the run see the same environment on every machine: what is set in one, or in the AWS
 * configuration of its user, would have other functions compiled.
 *
 * @param home - a directory without a configuration
 */
function standardizeEnvironment(home: string): void {
  for (const name of Object.keys(process.env)) {
    if (!NEEDED_BY_SYSTEM.test(name)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, { HOME: home, USERPROFILE: home, ...CREDENTIALS });
}

function readBundleFile(bundle: string, name: string): Buffer {
  return wrapBundleFile(readFileSync(join(bundle, name)));
}

function make(flagsHash: number, bundle: string, output: string): void {
  standardizeEnvironment(output);
  // Whether a timer fires before the run ends is a matter of the machine's speed: here none does.
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const scripts = new Map<string, Script>();
  const require = bundleRequire(
    (name) => {
      const script = compileBundleFile(name, readBundleFile(bundle, name));
      scripts.set(name, script);
      return script;
    },
    createRequire(import.meta.url),
  );

  const write = (): void => {
    for (const file of FURTHER) require(file);
    for (const [name, script] of scripts) {
      const codeCache = script.createCachedData();
      codeCache.writeUInt32LE(flagsHash, FLAGS_HASH_OFFSET);
      writeFileSync(join(output, name + CODE_CACHE_SUFFIX), codeCache);
    }
  };

  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => {
    socket.once('message', () => {
      write();
      process.exit();
    });
  });
  server.on('listening', () => {
    const { port } = server.address() as AddressInfo;
    const response = {
      SessionId: 'code-cache',
      TokenValue: 'code-cache',
      StreamUrl: `ws://127.0.0.1:${port}/v1/data-channel/code-cache`,
    };
    process.argv.splice(2, Infinity, JSON.stringify(response), 'us-east-1', 'StartSession');
    require(PROGRAM);
  });
}

function check(bundle: string, output: string): void {
  for (const file of readdirSync(output)) {
    const name = basename(file, CODE_CACHE_SUFFIX);
    const wrapped = readBundleFile(bundle, name);
    const script = compileBundleFile(name, wrapped, readFileSync(join(output, file)));
    if (script.cachedDataRejected !== false) throw new Error(`${file} does not fit this runtime`);
  }
}

const [, , task, ...args] = process.argv;
const [first = '', second = '', third = ''] = args;
switch (task) {
  case 'fit':
    printFit();
    break;
  case 'make':
    make(Number(first), second, third);
    break;
  case 'check':
    check(first, second);
    break;
  default:
    throw new Error(`no task ${task ?? ''}`);
}
