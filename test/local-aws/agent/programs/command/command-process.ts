import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import type { SeparateOutput } from '../../../session/session-request.ts';
import { commandEnvironment } from '../command-environment.ts';
import { killProcessSession, survivorsOf, type Survivors } from '../process-session.ts';
import type { ProgramHost } from '../program.ts';
import { payloadsOf, sendSeparately } from './separate-output.ts';

/**
 * What the agent makes of control characters, as there is no terminal that would: of these two
 * (docs/design/agent.md#signals).
 */
const SIGNALS: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [0x03, 'SIGINT'],
  [0x1c, 'SIGQUIT'],
]);

/** What Go calls the exit code of a process that a signal has ended. */
const KILLED_STATUS = -1;
/** The agent waits twice for a command that it has signalled; the second wait gives no status. */
const SIGNALLED_STATUS = 1;

/** What a command's end is reported to. */
export interface CommandEvents {
  /** It could not be started; why, in the words of Go. */
  notStarted(why: string): void;
  ended(status: number): void;
}

/** A command that runs. */
export interface RunningCommand {
  /** A control character was found in the input, and its signal sent. */
  readonly isSignalled: boolean;
  /** Looks for control characters: input is for nothing else. */
  signal(input: Buffer): void;
  /** The connection to the service may take more output. */
  writable(): void;
  /**
   * Kills the process that was started, as the agent does, and none that this has started
   * (`processCommandsWithOutputStreamSeparate` of its shell.go). Their pipes are closed. Resolves when it has ended.
   */
  terminate(): Promise<void>;
  /** Kills everything; resolves when nothing of it is left. */
  close(): Promise<void>;
}

/**
 * Executes words in no shell, with the null device as input.
 *
 * @param separate - send output at once, in two streams; undefined: send all of it after the end
 */
export function runCommand(
  host: ProgramHost,
  [program = '', ...args]: readonly string[],
  separate: SeparateOutput | undefined,
  events: CommandEvents,
): RunningCommand {
  const { directory, environment } = commandEnvironment(host.options);
  const file = separate === undefined ? createOutputFile() : undefined;
  const [first = program, ...rest] = [...(host.options.root?.inside ?? []), program, ...args];
  const child = spawn(first, rest, {
    cwd: directory,
    env: environment,
    // Leads a process group that can be killed as a whole.
    detached: true,
    stdio: ['ignore', file?.descriptor ?? 'pipe', file?.descriptor ?? 'pipe'],
  });
  const outputs = [child.stdout, child.stderr].filter((output) => output !== null);
  const { stdout, stderr } = child;
  const loops = [
    ...(stdout
      ? [sendSeparately(host, stdout, PayloadType.Output, separate?.stdoutPrefix ?? '')]
      : []),
    ...(stderr
      ? [sendSeparately(host, stderr, PayloadType.StdErr, separate?.stderrPrefix ?? '')]
      : []),
  ];
  const sent = Promise.all(loops.map((loop) => loop.ended));
  let isSignalled = false;
  let isClosed = false;
  let survivors: Survivors | undefined;

  host.record.childProcesses++;
  const closed = new Promise<void>((resolve) => {
    const settle = (report: () => void): void => {
      host.record.childProcesses--;
      host.changed();
      if (file !== undefined) {
        if (!isClosed) payloadsOf(host, PayloadType.Output, '')(file.read());
        file.remove();
      }
      resolve();
      report();
    };
    child.once('error', (error) => settle(() => events.notStarted(inGo(error, program))));
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) survivors = survivorsOf(child.pid);
      const status = signal === null ? (code ?? KILLED_STATUS) : KILLED_STATUS;
      // The agent asks for the status once both pipes are done with, and closes them then.
      void sent.then(() => {
        destroyOutputs();
        settle(() => events.ended(isSignalled ? SIGNALLED_STATUS : status));
      });
    });
  });
  const destroyOutputs = (): void => {
    for (const output of outputs) output.destroy();
  };
  const kill = async (): Promise<void> => {
    isClosed = true;
    child.kill('SIGKILL');
    destroyOutputs();
    await closed;
  };
  return {
    get isSignalled() {
      return isSignalled;
    },
    signal(input) {
      const signal = SIGNALS.get(input.find((byte) => SIGNALS.has(byte)) ?? 0);
      if (signal === undefined) return;
      isSignalled = true;
      // To the process alone: its children do not receive it.
      child.kill(signal);
    },
    writable() {
      for (const loop of loops) loop.writable();
    },
    terminate: kill,
    async close() {
      if (survivors !== undefined) survivors.kill();
      else if (child.pid !== undefined) killProcessSession(child.pid);
      await kill();
    },
  };
}

interface OutputFile {
  readonly descriptor: number;
  read(): Buffer;
  remove(): void;
}

function createOutputFile(): OutputFile {
  const directory = mkdtempSync(join(tmpdir(), 'local-aws-output-'));
  const path = join(directory, 'output');
  const descriptor = openSync(path, 'a+');
  return {
    descriptor,
    read: () => readFileSync(path),
    remove() {
      closeSync(descriptor);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Why a program cannot be executed, in the words of os/exec. */
function inGo(error: NodeJS.ErrnoException, program: string): string {
  if (error.code === 'ENOENT' && !program.includes('/')) {
    return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  }
  const reason = error.code === 'EACCES' ? 'permission denied' : 'no such file or directory';
  return `fork/exec ${program}: ${reason}`;
}
