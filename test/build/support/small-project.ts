import { once } from 'node:events';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn, type ChildProcess } from '../../support/child-process.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A lock file of npm, of one package. */
export const LOCK =
  '{"packages":{"":{},"node_modules/a":{"version":"1.0.0","integrity":"sha512-a"}}}';

/** The result of a program that has ended. */
export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of the scripts alone, with an npm that notes its calls and serves the files beside it. */
export interface Project {
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => ChildProcess;
  readonly run: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<Outcome>;
  /** Runs one of the scripts itself. */
  readonly runScript: (
    path: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<Outcome>;
  readonly write: (path: string, text: string) => Promise<void>;
  readonly npmCalls: () => Promise<readonly string[]>;
  readonly root: string;
}

/** Waits for the end of a program, and reads what it prints. */
export async function collect(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { status, signal, stdout, stderr };
}

const FAKE_NPM = `
const fs = require('node:fs');
const path = require('node:path');
const project = path.dirname(__filename);
fs.appendFileSync(path.join(project, 'npm-calls'), process.argv.slice(2).join(' ') + '\\n');
if (process.argv[2] === 'view') {
  // registry.json: the integrity and the time of each version, by package.
  const registry = JSON.parse(fs.readFileSync(path.join(project, 'registry.json'), 'utf8'));
  const [name, version] = process.argv[3].split('@');
  const releases = registry[name];
  if (releases === undefined) {
    process.stderr.write('npm error code E404\\n');
    process.exitCode = 1;
  } else if (version === undefined) {
    const versions = Object.keys(releases);
    const time = Object.fromEntries(versions.map((each) => [each, releases[each].time]));
    const answer = { versions: versions.length === 1 ? versions[0] : versions, time };
    process.stdout.write(JSON.stringify(answer));
  } else {
    process.stdout.write(JSON.stringify(releases[version].integrity));
  }
} else if (process.argv[2] === 'pack') {
  fs.copyFileSync(path.join(project, 'archive.tgz'), path.join(process.cwd(), 'fetched.tgz'));
} else {
  fs.mkdirSync(path.join(project, 'node_modules'), { recursive: true });
  fs.copyFileSync(
    path.join(project, 'package-lock.json'),
    path.join(project, 'node_modules', '.package-lock.json'),
  );
}
`;

/** Makes a project in an existing directory. */
export async function createProject(directory: string): Promise<Project> {
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  await cp(join(ROOT, 'build'), join(directory, 'build'), { recursive: true });
  await write('npm-cli.js', FAKE_NPM);
  await write('npm-calls', '');
  await write('package-lock.json', LOCK);
  await write('node_modules/.package-lock.json', LOCK);
  const startScript = (
    path: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): ChildProcess =>
    spawn(process.execPath, [join(directory, path), ...args], {
      env: {
        ...process.env,
        npm_execpath: join(directory, 'npm-cli.js'),
        XDG_CACHE_HOME: join(directory, 'cache'),
        SSM_PLUGIN_NODE_RUNTIME: process.execPath,
        ...env,
      },
    });
  const start: Project['start'] = (args, env = {}) =>
    startScript('build/with-runtime.mjs', args, env);
  return {
    start,
    run: (args, env) => collect(start(args, env)),
    runScript: (path, args, env = {}) => collect(startScript(path, args, env)),
    write,
    npmCalls: async () =>
      (await readFile(join(directory, 'npm-calls'), 'utf8')).split('\n').filter((call) => call),
    root: directory,
  };
}

/** The directory in which a project keeps runtimes. */
export function runtimesOf(project: Project): string {
  return join(project.root, 'cache', 'session-manager-plugin', 'runtimes');
}
