import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { PayloadType } from '../../../src/protocol/payload-type.ts';
import { commandEnvironment } from './command-environment.ts';
import { killProcessSession } from './process-session.ts';
import type { Program, ProgramHost, StartProgram } from './program.ts';
import { readTerminalSize } from './shell-program.ts';

/** What the agent makes of control characters, as there is no terminal that would. */
const SIGNALS: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [0x03, 'SIGINT'],
  [0x1c, 'SIGQUIT'],
  [0x1a, 'SIGTSTP'],
]);

/** Shells report a command that was killed by a signal with its number above this. */
const SIGNAL_STATUS = 128;

/**
 * A command without a terminal (data-channel protocol, "Shell", NonInteractiveCommands).
 *
 * @param separateOutput - standard error as StdErr payloads and the status as ExitCode, else both
 *   outputs in one and no status
 */
export function commandProgram(command: string, separateOutput: boolean): StartProgram {
  return (host) => startCommand(host, command, separateOutput);
}

interface Running {
  readonly pid: number | undefined;
  readonly outputs: readonly Readable[];
  readonly closed: Promise<void>;
}

function startCommand(host: ProgramHost, command: string, separateOutput: boolean): Program {
  const { options, record } = host;
  let running: Running | undefined;
  let over = false;
  let reading = true;

  const setReading = (read: boolean): void => {
    reading = read;
    for (const output of running?.outputs ?? []) {
      if (read) output.resume();
      else output.pause();
    }
  };
  const forward = (output: Readable, payloadType: PayloadType): void => {
    output.on('data', (bytes: Buffer) => {
      host.output(payloadType, bytes);
      if (reading && !host.writable) setReading(false);
    });
  };
  const start = (): void => {
    if (over) return;
    const { shell, directory, environment } = commandEnvironment(options);
    const merged = separateOutput ? [] : ['-c', 'exec "$@" 2>&1', 'sh', shell];
    const child = spawn(separateOutput ? shell : '/bin/sh', [...merged, '-c', command], {
      cwd: directory,
      env: environment,
      // Leads a process group that can be signalled as a whole.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    forward(child.stdout, PayloadType.Output);
    forward(child.stderr, separateOutput ? PayloadType.StdErr : PayloadType.Output);
    record.childProcesses++;
    child.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => {
      child.on('close', (status, signal) => {
        over = true;
        record.childProcesses--;
        host.changed();
        if (separateOutput) host.send(PayloadType.ExitCode, exitCode(status, signal));
        resolve();
        host.done('remote', '');
      });
    });
    running = { pid: child.pid, outputs: [child.stdout, child.stderr], closed };
    if (!host.writable) setReading(false);
    host.ready();
    host.changed();
  };

  if (options.startAfter === undefined) start();
  else void options.startAfter.then(start);

  return {
    receive(payloadType, payload) {
      if (running === undefined) return over;
      if (payloadType === PayloadType.Output) signal(running.pid, payload);
      if (payloadType === PayloadType.Size) {
        const size = readTerminalSize(payload);
        if (size !== undefined) record.sizes.push(size);
      }
      return true;
    },
    writable() {
      if (!reading && host.writable) setReading(true);
    },
    async close() {
      over = true;
      if (running === undefined) return;
      if (running.pid !== undefined) killProcessSession(running.pid);
      // A process that has left the session may still hold them.
      for (const output of running.outputs) output.destroy();
      await running.closed;
    },
  };
}

/** Any other input is for nobody: the command has no standard input. */
function signal(pid: number | undefined, input: Buffer): void {
  if (pid === undefined) return;
  for (const byte of input) {
    const name = SIGNALS.get(byte);
    if (name === undefined) continue;
    try {
      process.kill(-pid, name);
    } catch {
      // The command has ended by itself.
    }
  }
}

function exitCode(status: number | null, signal: NodeJS.Signals | null): Buffer {
  const code = status ?? SIGNAL_STATUS + (signal === null ? 0 : constants.signals[signal]);
  return Buffer.from(`EXIT_CODE: ${code}`, 'latin1');
}
