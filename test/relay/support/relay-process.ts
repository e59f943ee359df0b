import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findTool, type Tool } from '../../../build/tool.ts';
import { readLines } from '../../../src/cli/remote/read-lines.ts';
import { createDeferred } from '../../../src/lib/deferred.ts';
import { MAX_LINE_CHARACTERS } from '../../../src/relay/protocol/decode-line.ts';
import { createTunnel, type Tunnel } from '../../../src/relay/protocol/tunnel.ts';
import { inputScript, relayScript } from '../../../src/relay/scripts.ts';
import { childEnded, spawn, type ChildProcess } from '../../support/child-process.ts';
import { pathOfShell, type PosixShell } from '../../support/posix-shells.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { BUSYBOX, DASH } from '../../support/tools.ts';
import { TEST_NONCE, UNPACED } from './idle-host.ts';

/** A language of the relay, with the interpreter of the system. */
export interface RelayLanguage {
  readonly name: 'perl' | 'python';
  readonly tool: Tool;
}

export const PERL: Tool = { program: 'perl', debianPackage: 'perl-base' };
export const PYTHON3: Tool = { program: 'python3', debianPackage: 'python3' };
export const RELAY_LANGUAGES: readonly RelayLanguage[] = [
  { name: 'perl', tool: PERL },
  { name: 'python', tool: PYTHON3 },
];

export const RELAY_SHELLS: readonly [PosixShell, PosixShell] = [
  { name: 'dash', tool: DASH, hasOwnTools: false },
  { name: 'BusyBox', tool: BUSYBOX, hasOwnTools: true },
];

/** What the scripts need of a target besides a shell. */
const TOOLS = ['mkdir', 'mkfifo', 'rm', 'rmdir', 'cat', 'dd', 'sleep'];

/** A relay that runs as on a target, with pipes in place of sessions. */
export interface RunningRelay {
  readonly tunnel: Tunnel;
  /** The name in its HELLO. */
  readonly ready: Promise<string>;
  readonly failed: Promise<Error>;
  /** Of the shells of the two sessions. */
  readonly input: ChildProcess;
  readonly output: ChildProcess;
  /** Both have ended. */
  readonly ended: Promise<void>;
  /** $TMPDIR there. */
  readonly directory: string;
  /** Sends bytes that no tunnel would. */
  sendRaw(bytes: Buffer): void;
  /** Process id of the interpreter. */
  relayProcess(): number;
  /** What the memory of the interpreter was at most, in bytes. */
  peakMemory(): number;
}

/** A PATH with the shell, one language, and nothing else that the relay may not use. */
function pathOf(t: TestContext, shell: PosixShell, { tool }: RelayLanguage): string {
  const directory = temporaryDirectory(t);
  // A shim of pyenv needs more than itself.
  const system = `/usr/bin/${tool.program}`;
  symlinkSync(existsSync(system) ? system : (findTool(tool) ?? ''), join(directory, tool.program));
  if (shell.hasOwnTools) return `${pathOfShell(t, shell)}:${directory}`;
  symlinkSync(findTool(shell.tool) ?? '', join(directory, 'sh'));
  for (const program of TOOLS) symlinkSync(`/bin/${program}`, join(directory, program));
  return directory;
}

/** What a test changes of the command that runs the relay. */
export interface RelayCommand {
  readonly user?: string;
  readonly changed?: (script: string) => string;
  /** Gets each line of the relay before the tunnel does. */
  readonly onLine?: (line: Buffer) => void;
}

/** Starts both scripts of a relay, and a tunnel through it. */
export async function startRelay(
  t: TestContext,
  language: RelayLanguage,
  shell: PosixShell = RELAY_SHELLS[0],
  { user, changed = (script) => script, onLine }: RelayCommand = {},
): Promise<RunningRelay> {
  const path = pathOf(t, shell, language);
  const directory = temporaryDirectory(t);
  const env = { PATH: path, TMPDIR: directory };
  const sh = join(path.split(':')[0] ?? '', 'sh');
  const input = spawn(sh, ['-c', inputScript('relay-of-test')], { env });
  const inputEnded = childEnded(input);
  t.after(() => input.kill('SIGTERM'));
  input.stdin.on('error', () => undefined);
  const place = await new Promise<Buffer>((resolve) =>
    input.stdout.pipe(readLines(MAX_LINE_CHARACTERS, resolve)),
  );
  const output = spawn(sh, ['-c', changed(relayScript(place.toString(), user))], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const outputEnded = childEnded(output);
  t.after(() => output.kill('SIGKILL'));

  const { promise: ready, resolve: onReady } = createDeferred<string>();
  const { promise: failed, resolve: onFailed } = createDeferred<Error>();
  let isScheduled = false;
  const pump = (): void => {
    isScheduled = false;
    for (let bytes = tunnel.next(65_536); bytes !== undefined; bytes = tunnel.next(65_536)) {
      input.stdin.write(bytes);
    }
  };
  const tunnel = createTunnel({
    now: () => performance.now(),
    pace: UNPACED,
    nonce: TEST_NONCE,
    wake() {
      if (!isScheduled) setImmediate(pump);
      isScheduled = true;
    },
    ready: onReady,
    ponged: () => undefined,
    failed: onFailed,
  });
  pump();
  output.stdout.pipe(
    readLines(MAX_LINE_CHARACTERS, (line) => {
      onLine?.(line);
      tunnel.receive(line);
    }),
  );
  const relayProcess = (): number => {
    const children = readFileSync(`/proc/${output.pid}/task/${output.pid}/children`, 'utf8');
    return Number(children.trim().split(' ')[0]);
  };
  return {
    tunnel,
    ready,
    failed,
    input,
    output,
    ended: Promise.all([inputEnded, outputEnded]).then(() => undefined),
    directory,
    sendRaw: (bytes) => void input.stdin.write(bytes),
    relayProcess,
    peakMemory() {
      const status = readFileSync(`/proc/${relayProcess()}/status`, 'utf8');
      return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]) * 1024;
    },
  };
}
