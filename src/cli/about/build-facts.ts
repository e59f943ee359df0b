import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseObject } from '../../lib/json.ts';

/** What the build has recorded about this program. */
export interface BuildFacts {
  /** What installs it: `deb`, `rpm`, `macos-bundle`, …; `source` for a build that nothing has packed. */
  readonly install: string;
  /** The system it was made for: `linux-x64`, …; `javascript` for any. */
  readonly target: string;
  /** The commit it was built from; undefined when the sources were not a clone. */
  readonly commit: string | undefined;
  /** The day on which support for each line of Node.js ends, `YYYY-MM-DD`, by its major version. */
  readonly runtimeEnds: Readonly<Record<string, string>>;
}

/** The file with these facts. The build writes it (`build/bundle/build-record.ts`). */
const FACTS_FILE = 'build.json';
/** An installed program is in one of these directories; the file is above it. */
const PROGRAM_DIRECTORIES: readonly string[] = ['bin', 'lib'];

/** Node.js gives each file of the bundle this variable, but not in a native binary or on Linux x86. */
declare const __dirname: string | undefined;

/** The directory of the running program: of the bundle, or of the executable that contains it. */
function programDirectory(): string {
  return typeof __dirname === 'string' ? __dirname : dirname(process.execPath);
}

/**
 * Reads what the build has recorded about this program.
 *
 * @param directory - that of the program
 * @returns undefined when there is no such record, as for an executable that was moved
 */
export function readBuildFacts(directory: string = programDirectory()): BuildFacts | undefined {
  const isInstalled = PROGRAM_DIRECTORIES.includes(basename(directory));
  const file = join(isInstalled ? dirname(directory) : directory, FACTS_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const { install, target, commit, runtimeEnds } = parseObject(text) ?? {};
  if (typeof install !== 'string' || typeof target !== 'string') return undefined;
  return {
    install,
    target,
    commit: typeof commit === 'string' ? commit : undefined,
    runtimeEnds: textsOf(runtimeEnds),
  };
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
