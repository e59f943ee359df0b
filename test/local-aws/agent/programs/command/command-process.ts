import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import type { SeparateOutput } from '../../../session-request.ts';
import { commandEnvironment } from '../command-environment.ts';
import { killProcessSession } from '../process-session.ts';
import type { ProgramHost } from '../program.ts';
import { createTextOutput, READ_BYTES, readsOf } from '../text-output.ts';

/**
 * What the agent makes of control characters, as there is no terminal that would: of these two
 * (docs/design/agent.md#signals).
 */
const SIGNALS: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [0x03, 'SIGINT'],
  [0x1c, 'SIGQUIT'],
]);

const LINE_FEED = 0x0a;
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
  /** There may be room for output again. */
  writable(): void;
  /** Kills it; resolves when nothing of it is left. */
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
  const child = spawn(program, args, {
    cwd: directory,
    env: environment,
    // Leads a process group that can be killed as a whole.
    detached: true,
    stdio: ['ignore', file?.descriptor ?? 'pipe', file?.descriptor ?? 'pipe'],
  });
  const outputs = [child.stdout, child.stderr].filter((output) => output !== null);
  let reading = true;
  let isSignalled = false;
  let isClosed = false;

  const setReading = (read: boolean): void => {
    reading = read;
    for (const output of outputs) {
      if (read) output.resume();
      else output.pause();
    }
  };
  const forward = (output: Readable | null, type: PayloadType, prefix: string): void => {
    const send = payloadsOf(host, type, prefix);
    output?.on('data', (bytes: Buffer) => {
      send(bytes);
      if (reading && !host.writable) setReading(false);
    });
  };
  forward(child.stdout, PayloadType.Output, separate?.stdoutPrefix ?? '');
  forward(child.stderr, PayloadType.StdErr, separate?.stderrPrefix ?? '');
  if (!host.writable) setReading(false);

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
    child.once('close', (code, signal) => {
      if (child.pid === undefined) return;
      const status = signal === null ? (code ?? KILLED_STATUS) : KILLED_STATUS;
      settle(() => events.ended(isSignalled ? SIGNALLED_STATUS : status));
    });
  });
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
      if (!reading && host.writable) setReading(true);
    },
    async close() {
      isClosed = true;
      if (child.pid !== undefined) killProcessSession(child.pid);
      // A process that has left the session may still hold them.
      for (const output of outputs) output.destroy();
      await closed;
    },
  };
}

/**
 * Sends the output of a stream in the agent's portions. A prefix comes before the first one, and before each
 * one after a read that ended with a line feed.
 */
function payloadsOf(
  host: ProgramHost,
  payloadType: PayloadType,
  prefixText: string,
): (bytes: Buffer) => void {
  const text = createTextOutput();
  const prefix = Buffer.from(prefixText);
  const most = READ_BYTES - prefix.length;
  let needsPrefix = true;
  return (bytes) => {
    for (const read of readsOf(bytes, most)) {
      const payload = text.take(read, needsPrefix ? prefix : undefined);
      needsPrefix = read.at(-1) === LINE_FEED;
      if (payload.length === 0) continue;
      host.record.outputBytes += payload.length;
      host.send(payloadType, payload);
    }
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
