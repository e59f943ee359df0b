import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GIT } from '../../build/build-settings.ts';
import { programDirectory } from '../../build/program.ts';
import { CACHE, ROOT } from '../../build/runtime/setup.mjs';
import { LINUX_X86, type TargetName } from '../../build/targets.ts';
import { runTool, ToolError, type Tool } from '../../build/tool.ts';
import type { Release } from '../release.ts';

/** What a second build makes, and how. */
export interface SecondBuild {
  /** The settings of the first build. */
  readonly release: Release;
  readonly targets: readonly TargetName[];
  /** An empty directory for the copy of the project and all that belongs to its user. */
  readonly directory: string;
  /** `shown` passes on what the build prints; `captured` makes it part of the error. */
  readonly progress: 'shown' | 'captured';
}

const CP: Tool = { program: 'cp', debianPackage: 'coreutils' };
const WITH_RUNTIME = join('build', 'with-runtime.mjs');

/**
 * Builds the bundle, and the packages of targets, from a copy of the project in another directory. Its user
 * has another home, umask, time zone and language. The files are those that git knows or would add, so in a
 * clean clone the copy is another clone of the commit. Downloads are shared by the cache.
 *
 * @returns the directory of the copy; the outcome is in its `dist`
 * @throws ToolError when the build fails
 */
export async function buildElsewhere(build: SecondBuild): Promise<string> {
  const { release, targets, directory } = build;
  const root = join(directory, 'another place');
  const home = join(directory, 'home');
  for (const each of [root, home]) mkdirSync(each, { recursive: true });
  copyProject(root);
  // A file of an older build, which must not get into this one.
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'dist', 'older-build.cjs'), '');
  const env = {
    ...process.env,
    HOME: home,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    SOURCE_DATE_EPOCH: String(release.sourceDateEpoch),
    TZ: 'Asia/Kathmandu',
    XDG_CACHE_HOME: dirname(CACHE),
  };
  const options = release.compression === 'small' ? ['--release'] : [];
  const debs = `${programDirectory(LINUX_X86)}.debs`;
  // What Debian's archive has now is not what it had then.
  if (targets.includes(LINUX_X86)) options.push('--debs', debs);
  for (const script of [
    [join('build', 'bundle', 'bundle.ts')],
    [join('packaging', 'package.ts'), ...options, ...targets],
  ]) {
    await runScript(root, script, env, build.progress);
  }
  return root;
}

function copyProject(root: string): void {
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = runTool(GIT, listed, { cwd: ROOT }).toString('utf8').split('\0');
  for (const file of files) {
    // A file that was removed stays listed until the commit.
    if (file !== '' && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(root, file));
  }
  // As an installation would make it: npm compares each package with its digest.
  runTool(CP, ['-a', join(ROOT, 'node_modules'), root]);
}

async function runScript(
  root: string,
  script: readonly string[],
  env: NodeJS.ProcessEnv,
  progress: SecondBuild['progress'],
): Promise<void> {
  const child = spawn(
    '/bin/sh',
    ['-c', 'umask 077; exec "$@"', 'sh', process.execPath, WITH_RUNTIME, ...script],
    {
      cwd: root,
      env,
      stdio: progress === 'shown' ? ['ignore', 2, 2] : ['ignore', 'ignore', 'pipe'],
    },
  );
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status === 0) return;
  const details = progress === 'shown' ? 'see above' : errors;
  throw new ToolError(`the second build failed in ${root}: ${details}`);
}
