import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { COMMANDS as COMMAND_TABLE } from '../../src/commands/index.ts';
import { BUILD_RECORD, buildRecord, commitOf } from './build-record.ts';
import { readVersion } from '../version.ts';
import { bundledPackages } from './bundled-packages.ts';
import { lateBuiltins } from './late-builtins.ts';
import { latePackage } from './late-package.ts';
import { literalKeys } from './literal-keys.ts';
import { pureBindings } from './pure-bindings.ts';
import { separateEntry } from './separate-entry.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DIST = join(ROOT, 'dist');
/** Where standard output is that of the program that is built. */
const QUIET = process.argv.includes('--quiet');

/** A session, all of it but AWS: what is not read when nothing but the version is asked for. */
const SESSION = { module: 'src/cli/run/run-started-session.ts', name: 'session' } as const;
/** The program: small, because it is read at every start. */
const PROGRAM = { module: 'src/main.ts', name: 'session-manager-plugin' } as const;
/** Commands of the program's own, which callers do not use. */
const COMMANDS = { module: 'src/commands/run-command.ts', name: 'commands' } as const;
/** Shared config files and the signer, for what is no session; each session has its own copy. */
const SESSION_AWS = { module: 'src/aws/session-aws.ts', name: 'session-aws' } as const;
/** Calls of a session by the AWS SDK: large, and not needed by most sessions. */
const AWS_SESSION = { module: 'src/aws/sdk/calls/session-part.ts', name: 'aws' } as const;
/** Calls of the program's commands by the AWS SDK: larger still, because of EC2. */
const AWS_COMMANDS = { module: 'src/aws/sdk/calls/command-part.ts', name: 'aws-commands' } as const;
/** A sign-in at IAM Identity Center, which only a person at a terminal is offered. */
const SIGN_IN = { module: 'src/aws/credentials/sign-in/sign-in.ts', name: 'aws-sign-in' } as const;
/** What reads and follows a configuration of the log, with an XML library: most runs have none. */
const SEELOG = { module: 'src/logging/seelog/seelog.ts', name: 'seelog' } as const;
/** What starts the program in a native binary. */
const SINGLE_EXECUTABLE = {
  module: 'src/cli/process/single-executable.ts',
  name: 'single-executable',
} as const;

/** Files that others load by `await import()` only. */
const LOADED_LATER = [
  AWS_SESSION,
  AWS_COMMANDS,
  SIGN_IN,
  SESSION_AWS,
  SEELOG,
  SESSION,
  COMMANDS,
] as const;

/** The list of the npm packages in the bundle, which the packages of the product include. */
const PACKAGES_FILE = 'bundled-packages.json';

/** The oldest Node.js that runs the bundle (package.json, `engines`). */
const OLDEST_NODE = 'node20';

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: OLDEST_NODE,
  // Single-executable applications of Node.js load CommonJS only.
  format: 'cjs',
  // Packages in ES modules leave out what is not used; in CommonJS they come whole.
  mainFields: ['module', 'main'],
  // The client only: the package's own entry point brings its server, too.
  alias: { ws: './node_modules/ws/lib/websocket.js' },
  // `await import()` becomes a call that evaluates a part of the same file, and works in a
  // single-executable application, which has no `import()`.
  supported: { 'dynamic-import': false },
  outdir: DIST,
  outExtension: { '.js': '.cjs' },
  // Less to read at every start. Names stay, so that a stack trace can be understood.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'eof',
  define: {
    PLUGIN_VERSION: JSON.stringify(readVersion(ROOT)),
    // The start needs only the names of the table.
    COMMAND_NAMES: JSON.stringify(COMMAND_TABLE.map(({ name }) => name).join(' ')),
    // ws would look for native helpers, and find any above the place of installation.
    'process.env.WS_NO_BUFFER_UTIL': '"1"',
    'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
  },
  write: false,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Replaces a file of dist/ in one step, so that a program that starts meanwhile reads a whole one. */
function writeToDist(name: string, contents: Uint8Array | string): void {
  const path = join(DIST, name);
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
  if (QUIET) return;
  process.stdout.write(`${relative(ROOT, path)}  ${(contents.length / 1024).toFixed(1)} KiB\n`);
}

/** Removes what an older build has left: a native binary contains each file of the bundle. */
function removeOlderFiles(current: ReadonlySet<string>): void {
  for (const name of readdirSync(DIST)) {
    if (extname(name) === '.cjs' && !current.has(name)) rmSync(join(DIST, name));
  }
}

async function bundle(): Promise<void> {
  /** What a file loads by `await import()` from other files; a session loads nothing on its way to its socket. */
  const separateFrom = (name: string): Plugin[] =>
    LOADED_LATER.filter((file) => name !== SESSION.name || file !== SESSION_AWS).map((file) =>
      separateEntry(join(ROOT, file.module), `${file.name}.cjs`),
    );
  // First what the program reaches for, then the program.
  const results = await Promise.all(
    [...LOADED_LATER, PROGRAM, SINGLE_EXECUTABLE].map(({ module, name }) =>
      build({
        ...COMMON,
        entryPoints: [{ in: module, out: name }],
        plugins: [
          literalKeys(),
          pureBindings(),
          lateBuiltins(),
          latePackage('string-width', ROOT),
          ...separateFrom(name),
        ],
      }),
    ),
  );
  mkdirSync(DIST, { recursive: true });
  const files = results.flatMap((result) => result.outputFiles);
  for (const { path, contents } of files) writeToDist(relative(DIST, path), contents);
  removeOlderFiles(new Set(files.map(({ path }) => relative(DIST, path))));
  const metafiles = results.map((result) => result.metafile);
  writeToDist(BUILD_RECORD, buildRecord('source', 'javascript', commitOf(ROOT)));
  writeToDist(PACKAGES_FILE, JSON.stringify(bundledPackages(ROOT, metafiles)));
}

try {
  await bundle();
} catch (error) {
  // esbuild has printed what is wrong with the sources.
  if (!(error instanceof Error && 'errors' in error)) throw error;
  process.exitCode = 1;
}
