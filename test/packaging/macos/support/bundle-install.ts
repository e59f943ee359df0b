import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runTool } from '../../../../build/tool.ts';
import { buildBundle } from '../../../../packaging/macos/bundle.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { smallRelease } from '../../support/small-release.ts';
import { makeInstalledTree } from './installed-tree.ts';
import { spawnSync } from '../../../support/child-process.ts';

export const RELEASE = smallRelease('1.2.3.4', 1_770_000_001);

/** The result of a run of the script. */
export interface InstallRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the script is run. */
export interface InstallOptions {
  /** The interpreter with its own arguments; none runs the script itself. */
  readonly interpreter?: readonly string[];
  readonly cwd?: string;
  /** The user that runs it; by default the one that runs the test. */
  readonly uid?: number;
}

/** Builds a bundle and unpacks it, as the install guide does, in a world-readable directory. */
export async function unpackBundle(
  t: TestContext,
  options: { readonly version?: string; readonly into?: string } = {},
): Promise<string> {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  const tree = makeInstalledTree(join(directory, 'tree'), options);
  const output = join(directory, 'sessionmanager-bundle.zip');
  await buildBundle(RELEASE, { tree, output });
  const unpacked = join(directory, options.into ?? 'downloads');
  mkdirSync(unpacked, { mode: 0o755 });
  runTool({ program: 'unzip', debianPackage: 'unzip' }, ['-q', output, '-d', unpacked]);
  return join(unpacked, 'sessionmanager-bundle');
}

/**
 * Runs the script `install` of a bundle, with an umask that lets no other user read.
 *
 * @param script - its path, as it is given to the interpreter
 */
export function runInstall(
  script: string,
  args: readonly string[],
  options: InstallOptions = {},
): InstallRun {
  const command = [...(options.interpreter ?? []), script, ...args];
  const { status, stdout, stderr, error } = spawnSync(
    '/bin/sh',
    ['-c', 'umask 077; exec "$@"', 'sh', ...command],
    { cwd: options.cwd, uid: options.uid, encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}
