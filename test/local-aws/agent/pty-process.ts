import { spawn } from 'node-pty';
import type { TerminalSize } from '../../../src/protocol/terminal-size.ts';
import type { CommandEnvironment } from './command-environment.ts';
import { killProcessSession } from './process-session.ts';

const INITIAL_SIZE: TerminalSize = { cols: 80, rows: 24 };

/** A command that runs in a pseudo-terminal of its own. */
export interface PtyProcess {
  write(bytes: Buffer): void;
  resize(size: TerminalSize): void;
  /** Stops reading the terminal, so that the command waits once the kernel's buffer is full. */
  pause(): void;
  resume(): void;
  /** Kills the command and everything that it started; `ended` follows. */
  kill(): void;
}

/** What a {@link PtyProcess} reports. */
export interface PtyProcessEvents {
  output(bytes: Buffer): void;
  /** The command has ended and everything that it wrote was handed over. */
  ended(): void;
}

/**
 * Starts a command in a new pseudo-terminal.
 *
 * @throws Error when there is none to be had
 */
export function startPtyProcess(
  file: string,
  args: string[],
  how: CommandEnvironment,
  events: PtyProcessEvents,
): PtyProcess {
  const pty = spawn(file, args, {
    ...INITIAL_SIZE,
    cwd: how.directory,
    env: { ...how.environment },
    encoding: null,
  });
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    events.ended();
  };
  pty.onData((bytes) => events.output(bytes));
  pty.onExit(end);
  if (process.platform === 'linux') {
    // 200 ms after the command's exit node-pty closes the terminal even when what is left in it has
    // not been read, as happens while the client is slow. Being told that this is under way, it
    // waits for the end of the output.
    Object.assign(pty, { _boundClose: true });
    pty.on('close', end);
  }
  return {
    write(bytes) {
      if (!over) pty.write(bytes);
    },
    resize({ cols, rows }) {
      if (!over && cols > 0 && rows > 0) pty.resize(cols, rows);
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    kill() {
      killProcessSession(pty.pid);
      // A terminal that is not read does not report its end.
      pty.resume();
    },
  };
}
