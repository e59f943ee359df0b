import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILD_OUTPUTS, GIT } from '../../build/build-settings.ts';
import { CACHE, ROOT } from '../../build/runtime/setup.mjs';
import { hasDebianPackages, type TargetName } from '../../build/targets.ts';
import { runTool, ToolError, type Tool } from '../../build/tool.ts';
import type { Release } from '../release.ts';

/** What a second build makes, and how. */
export interface SecondBuild {
  /** The settings of the first build. */
  readonly release: Release;
  readonly targets: readonly TargetName[];
  /** An empty directory for the clone of the project and all that belongs to its user. */
  readonly directory: string;
  /** Runtimes to release although a security release is known, as `npm run package` takes them. */
  readonly acceptedRuntimes?: readonly string[];
  /** `shown` passes on what the build prints; `captured` makes it part of the error. */
  readonly progress: 'shown' | 'captured';
}

const CP: Tool = { program: 'cp', debianPackage: 'coreutils' };
const WITH_RUNTIME = join('build', 'with-runtime.mjs');

/** Runs a command for the user of the second build. */
type Run = (command: readonly string[], directory: string) => Promise<void>;

/**
 * Builds the bundle, and the packages of targets, from another clone of the project, with the changes that are
 * not committed here. Its user has another directory, home, umask, time zone and language. Downloads are shared
 * by the cache.
 *
 * @returns the directory of the clone; the outcome is in its `dist`
 * @throws ToolError when the build fails
 */
export async function buildElsewhere(build: SecondBuild): Promise<string> {
  const { release, targets, directory, acceptedRuntimes = [] } = build;
  const root = join(directory, 'another place');
  const home = join(directory, 'home');
  mkdirSync(home);
  const run = runnerFor(build.progress, {
    ...process.env,
    HOME: home,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    SOURCE_DATE_EPOCH: String(release.sourceDateEpoch),
    TZ: 'Asia/Kathmandu',
    XDG_CACHE_HOME: dirname(CACHE),
  });
  await run([GIT.program, 'clone', '--quiet', ROOT, root], directory);
  copyChanges(root);
  // As an installation would make it: npm compares each package with its digest.
  await run([CP.program, '-a', join(ROOT, 'node_modules'), root], directory);
  // A file of an older build, which must not get into this one.
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist', 'older-build.cjs'), '');
  const node = [process.execPath, WITH_RUNTIME];
  await run([...node, join('build', 'bundle', 'bundle.ts')], root);
  const options = [
    ...(release.compression === 'small' ? ['--release', '--unsigned'] : []),
    ...acceptedRuntimes.map((accepted) => `--accept-runtime=${accepted}`),
    // What Debian's archive has now is not what it had then.
    ...(targets.some(hasDebianPackages) ? ['--debs', BUILD_OUTPUTS.binaries] : []),
  ];
  await run([...node, join('packaging', 'package.ts'), ...options, ...targets], root);
  return root;
}

/** Makes a clone of the commit differ from it as the files here do. */
function copyChanges(root: string): void {
  const listed = (...args: string[]): readonly string[] =>
    runTool(GIT, args, { cwd: ROOT })
      .toString('utf8')
      .split('\0')
      .filter((file) => file !== '');
  for (const file of [
    ...listed('diff', '--name-only', '--no-renames', '-z', 'HEAD'),
    ...listed('ls-files', '-z', '--others', '--exclude-standard'),
  ]) {
    if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(root, file));
    else rmSync(join(root, file));
  }
}

function runnerFor(progress: SecondBuild['progress'], env: NodeJS.ProcessEnv): Run {
  return async (command, directory) => {
    const child = spawn('/bin/sh', ['-c', 'umask 077; exec "$@"', 'sh', ...command], {
      cwd: directory,
      env,
      stdio: progress === 'shown' ? ['ignore', 2, 2] : ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const [status] = (await once(child, 'close')) as [number | null];
    if (status === 0) return;
    const details = progress === 'shown' ? 'see above' : errors;
    throw new ToolError(`the second build failed in ${directory}: ${details}`);
  };
}
