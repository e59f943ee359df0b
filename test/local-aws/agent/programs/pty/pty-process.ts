import { spawn } from 'node-pty';
import type { TerminalSize } from '../../../../../src/protocol/terminal-size.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { createEndMarkerFilter, newEndMarker } from './end-marker.ts';
import { createPtyInput } from './pty-input.ts';
import {
  killChildren,
  killProcess,
  killProcessSession,
  survivorsOf,
  type Survivors,
} from '../process-session.ts';

const INITIAL_SIZE: TerminalSize = { cols: 80, rows: 24 };
/** The marker is written in one piece; what only looks like its beginning is output after this. */
const MARKER_WAIT_MS = 50;
/** How long the leader has for noticing that its command was killed. */
const LEADER_WAIT_MS = 500;
/** How long what SIGHUP has reached may take for its end. */
const HANG_UP_WAIT_MS = 1_000;

/**
 * Leads the terminal's process session, runs the command and then reports its end. node-pty throws away
 * what has not been read 200 ms after the end of the process that it has started: so this one stays until
 * all is read. Then it is killed, which hangs the terminal up as the end of the agent's first process does.
 * Signals of the terminal are for the command.
 */
const LEADER = `
trap : INT QUIT TSTP
marker=$1
shift
"$@"
trap '' INT QUIT TSTP TTOU
printf %s "$marker"
exec sleep 2147483647
`;

/** A command that runs in a pseudo-terminal of its own. */
export interface PtyProcess {
  /** @returns what to wait for until the terminal has room again, if it has none */
  write(bytes: Buffer): Promise<void> | undefined;
  resize(size: TerminalSize): void;
  /** Stops reading the terminal, so that the command waits once the kernel's buffer is full. */
  pause(): void;
  resume(): void;
  /**
   * Kills the command and closes its terminal, as the agent does: the terminal's foreground group gets SIGHUP
   * (`executeCommandsWithPty` of its shell.go). `ended` follows. Resolves when nothing of it runs or will soon.
   */
  terminate(): Promise<void>;
  /** Kills whatever is left of it at once. */
  close(): void;
}

/** What a {@link PtyProcess} reports. */
export interface PtyProcessEvents {
  output(bytes: Buffer): void;
  /** The command has ended, and all its output was passed on. Called once. */
  ended(): void;
}

/**
 * Starts a command in a new pseudo-terminal.
 *
 * @throws Error when the system has no free pseudo-terminal
 */
export function startPtyProcess(
  command: readonly string[],
  how: CommandEnvironment,
  events: PtyProcessEvents,
): PtyProcess {
  const marker = newEndMarker();
  const filter = createEndMarkerFilter(marker);
  let ended = false;
  let killed = false;
  let survivors: Survivors | undefined;
  let leaderWait: NodeJS.Timeout | undefined;
  let release: NodeJS.Timeout | undefined;

  const pty = spawn('/bin/sh', ['-c', LEADER, 'sh', marker, ...command], {
    ...INITIAL_SIZE,
    cwd: how.directory,
    env: { ...how.environment },
    encoding: null,
  });
  const input = createPtyInput(pty.fd);
  const scheduleRelease = (): void => {
    clearTimeout(release);
    if (filter.held === 0) return;
    release = setTimeout(() => events.output(filter.release()), MARKER_WAIT_MS);
  };
  const end = (): void => {
    ended = true;
    input.close();
    clearTimeout(release);
    clearTimeout(leaderWait);
    survivors = survivorsOf(pty.pid);
    killProcess(pty.pid);
    // A terminal that is not read does not report its end.
    pty.resume();
  };
  pty.onData((bytes) => {
    if (ended) return;
    const read = filter.push(bytes);
    ended = read.ended;
    if (read.output.length > 0 && !killed) events.output(read.output);
    if (ended) end();
    else if (!killed) scheduleRelease();
    input.flush();
  });
  pty.on('close', () => {
    // The descriptor is closed, and another file may soon use it.
    ended = true;
    input.close();
  });
  const exited = new Promise<void>((resolve) => {
    pty.onExit(() => {
      ended = true;
      input.close();
      clearTimeout(release);
      clearTimeout(leaderWait);
      survivors ??= survivorsOf(pty.pid);
      events.ended();
      resolve();
    });
  });
  return {
    write(bytes) {
      return ended || killed ? undefined : input.write(bytes);
    },
    resize({ cols, rows }) {
      if (!ended && !killed && cols > 0 && rows > 0) pty.resize(cols, rows);
    },
    pause() {
      if (ended || killed) return;
      // What completes the marker is not read meanwhile.
      clearTimeout(release);
      pty.pause();
    },
    resume() {
      pty.resume();
      scheduleRelease();
    },
    async terminate() {
      if (!ended && !killed) {
        killed = true;
        input.close();
        clearTimeout(release);
        // The command's parent learns of its end, so that its entry leaves the process table.
        if (killChildren(pty.pid)) leaderWait = setTimeout(end, LEADER_WAIT_MS);
        else end();
        pty.resume();
      }
      await exited;
      await survivors?.ended(HANG_UP_WAIT_MS);
    },
    close() {
      if (survivors === undefined) killProcessSession(pty.pid);
      else survivors.kill();
    },
  };
}
