import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { COMMANDS as COMMAND_TABLE } from '../../src/commands/index.ts';
import { ROOT } from '../runtime/setup.mjs';
import { readVersion } from '../version.ts';
import { lateBuiltins } from './late-builtins.ts';
import { embeddedSources } from './embedded-sources.ts';
import { lateMasks } from './late-masks.ts';
import { latePackage } from './late-package.ts';
import { leanSchemas } from './lean-schemas.ts';
import { pureBindings } from './pure-bindings.ts';
import { separateEntry } from './separate-entry.ts';

/** A file of the bundle, which ends in `.cjs`, and the module that it begins with. */
export interface BundleFile {
  readonly module: string;
  readonly name: string;
}

/** A session, all of it but AWS: what is not read when nothing but the version is asked for. */
export const SESSION = { module: 'src/cli/run/run-started-session.ts', name: 'session' } as const;
/** The program: small, because it is read at every start. */
export const PROGRAM = { module: 'src/main.ts', name: 'session-manager-plugin' } as const;
/** Commands of the program's own, which callers do not use. */
const COMMANDS = { module: 'src/commands/run-command.ts', name: 'commands' } as const;
/** Shared config files and the signer, for what is no session; each session has its own copy. */
export const SESSION_AWS = { module: 'src/aws/session-aws.ts', name: 'session-aws' } as const;
/** Calls of a session by the AWS SDK: large, and not needed by most sessions. */
export const AWS_SESSION = { module: 'src/aws/sdk/calls/session-part.ts', name: 'aws' } as const;
/** Calls of the program's commands by the AWS SDK: larger still, because of EC2. */
export const AWS_COMMANDS = {
  module: 'src/aws/sdk/calls/command-part.ts',
  name: 'aws-commands',
} as const;
/** Calls to S3, which only copies through a bucket make. */
export const AWS_S3 = { module: 'src/aws/sdk/s3/s3-part.ts', name: 'aws-s3' } as const;
/** A sign-in at IAM Identity Center, which only a person at a terminal is offered. */
export const SIGN_IN = {
  module: 'src/aws/credentials/sign-in/sign-in.ts',
  name: 'aws-sign-in',
} as const;
/** What reads and follows a configuration of the log, with an XML library: most runs have none. */
const SEELOG = { module: 'src/logging/seelog/seelog.ts', name: 'seelog' } as const;
/** What starts the program in a native binary. */
export const SINGLE_EXECUTABLE = {
  module: 'src/cli/process/single-executable.ts',
  name: 'single-executable',
} as const;

/** Files that others load by `await import()` only. */
export const LOADED_LATER: readonly BundleFile[] = [
  AWS_SESSION,
  AWS_COMMANDS,
  AWS_S3,
  SIGN_IN,
  SESSION_AWS,
  SEELOG,
  SESSION,
  COMMANDS,
];

/** Where the bundle is written. */
export const BUNDLE_DIRECTORY = join(ROOT, 'dist');

/** The oldest Node.js that runs the bundle (package.json, `engines`). */
const OLDEST_NODE = 'node20';

/** What all files have in common, without the plugins. */
export const COMMON_OPTIONS = {
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
  outdir: BUNDLE_DIRECTORY,
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

/**
 * The plugins that make one file of the bundle.
 *
 * @param separate - files that it loads by `await import()` and does not contain
 */
export function bundlePlugins(separate: readonly BundleFile[]): Plugin[] {
  return [
    leanSchemas(),
    pureBindings(),
    lateBuiltins(),
    lateMasks(),
    embeddedSources(),
    latePackage('string-width', ROOT),
    ...separate.map(({ module, name }) => separateEntry(join(ROOT, module), `${name}.cjs`)),
  ];
}
