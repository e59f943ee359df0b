import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commitOf } from './bundle/build-record.ts';
import { ROOT } from './runtime/setup.mjs';
import { runTool, type Tool } from './tool.ts';
import { readVersion } from './version.ts';
import { BuildError } from './runtime/build-error.mjs';

export const GIT: Tool = { program: 'git', debianPackage: 'git' };

/** The variable that gives builds their time (reproducible-builds.org). */
const EPOCH_VARIABLE = 'SOURCE_DATE_EPOCH';

/** The years that a ZIP archive can state (APPNOTE.TXT 6.3.10, 4.4.6: seven bits from 1980). */
const FIRST_ZIP_YEAR = 1980;
const LAST_ZIP_YEAR = 2107;

/** Names the identities to sign with: each identity gives another result. */
const SIGNING_PREFIX = 'SSM_SIGN_';

/** Where the build puts what it makes. */
export const BUILD_OUTPUTS = {
  bundle: join(ROOT, 'dist'),
  binaries: join(ROOT, 'dist', 'binaries'),
} as const;

/** What the programs of one build have in common. */
export interface BuildSettings {
  /** Four dotted numbers. */
  readonly version: string;
  /** The time that signatures and packed files carry, in seconds since the epoch. */
  readonly sourceDateEpoch: number;
  /** The commit that is built; undefined when it is not known. */
  readonly commit?: string | undefined;
}

/**
 * Reads what all programs have in common.
 *
 * @throws BuildError when SOURCE_DATE_EPOCH is no time that packages can state, ToolError when it is not set and
 *   there is no commit to take the time of
 */
export function readBuildSettings(env: NodeJS.ProcessEnv = process.env): BuildSettings {
  return { version: readVersion(ROOT), sourceDateEpoch: readEpoch(env), commit: commitOf(ROOT) };
}

function readEpoch(env: NodeJS.ProcessEnv): number {
  const given = env[EPOCH_VARIABLE] ?? '';
  if (given === '') {
    return Number(runTool(GIT, ['log', '-1', '--format=%ct'], { cwd: ROOT }).toString('utf8'));
  }
  const year = /^\d+$/.test(given) ? new Date(Number(given) * 1000).getUTCFullYear() : Number.NaN;
  if (year >= FIRST_ZIP_YEAR && year <= LAST_ZIP_YEAR) return Number(given);
  throw new BuildError(
    `${EPOCH_VARIABLE} is "${given}": set a time in seconds since 1970, of the years ${FIRST_ZIP_YEAR} to ${LAST_ZIP_YEAR}`,
  );
}

/**
 * A path of the command line, seen from where the user typed it: npm runs scripts elsewhere.
 *
 * @returns absolute; empty for an empty one
 */
export function namedPath(path: string): string {
  return path === '' ? '' : resolve(process.env['INIT_CWD'] ?? '.', path);
}

/**
 * What the environment adds to the inputs of programs and packages. Of a variable that names a file, such as a
 * certificate, it is the content: a renewed certificate keeps its path.
 */
export function signingFacts(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith(SIGNING_PREFIX) && value !== '')
    .map(([name, value = '']) => `${name}=${value}${contentDigest(value)}`)
    .sort();
}

/** Of the file with this path; empty when the file does not exist or cannot be read. */
function contentDigest(path: string): string {
  try {
    return ` ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  } catch {
    return '';
  }
}
