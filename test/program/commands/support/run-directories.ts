import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the program has the directories of its runs. */
export interface RunDirectories {
  readonly env: { readonly XDG_RUNTIME_DIR: string };
  /** Where those of a command are: `ssh`. */
  of(purpose: string): string;
  /** The names of those that are there. */
  left(purpose: string): readonly string[];
}

/** A runtime directory of the user in a directory. */
export function makeRuntime(directory: string): RunDirectories {
  const runtime = join(directory, 'runtime');
  mkdirSync(runtime, { mode: 0o700 });
  const of = (purpose: string): string => join(runtime, 'session-manager-plugin', purpose);
  return {
    env: { XDG_RUNTIME_DIR: runtime },
    of,
    left: (purpose) => (existsSync(of(purpose)) ? readdirSync(of(purpose)) : []),
  };
}
