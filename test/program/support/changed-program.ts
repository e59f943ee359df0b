import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startCommandPiped, type PipedProgram } from './piped-program.ts';
import type { Environment } from './program.ts';

const DIST = join(import.meta.dirname, '..', '..', '..', 'dist');
const PROGRAM = 'session-manager-plugin.cjs';

/** Runs a copy of the program in which something is changed. */
export function startChanged(
  t: TestContext,
  change: (directory: string) => void,
  args: readonly string[],
  env: Environment = {},
): PipedProgram {
  const directory = temporaryDirectory(t);
  cpSync(DIST, directory, {
    recursive: true,
    filter: (path) => !/(binaries|packages|plugin|trees)$/.test(path),
  });
  change(directory);
  const program = startCommandPiped(t, [process.execPath, join(directory, PROGRAM), ...args], {
    env,
  });
  program.stdin.end();
  return program;
}

/** @returns removes files of the program */
export function without(...files: readonly string[]): (directory: string) => void {
  return (directory) => {
    for (const file of files) rmSync(join(directory, file));
  };
}
