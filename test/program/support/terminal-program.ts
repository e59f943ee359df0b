import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { spawn } from 'node-pty';
import { killProcessSession } from '../../local-aws/agent/programs/process-session.ts';
import { programCommand, programEnvironment, type Environment } from './program.ts';
import { createPtyInput } from '../../local-aws/agent/programs/pty/pty-input.ts';
import { createTranscript, withDeadline, shown, type Transcript } from './transcript.ts';
import { spawnSync } from '../../support/child-process.ts';

/** How a program in a terminal is started. */
export interface TerminalOptions {
  readonly env?: Environment;
  /** 80 columns and 24 rows by default. */
  readonly size?: { readonly cols: number; readonly rows: number };
  /** Arguments of stty, for a terminal that is not set as usual before the program starts. */
  readonly settings?: string;
  /** A command before the program, which runs the rest of its arguments. */
  readonly through?: readonly string[];
}

/** How a program in a terminal ended, and how it left the terminal. */
export interface TerminalEnd {
  /** As in a shell: above 128 for a program killed by a signal. */
  readonly status: number;
  /** `stty -g`. */
  readonly settings: string;
}

/** A program that a shell runs in a real pseudo-terminal. */
export interface TerminalProgram {
  readonly pid: number;
  /** The terminal's path. */
  readonly device: string;
  /** `stty -g` from before the start. */
  readonly settingsBefore: string;
  /** What the program put on the screen. */
  readonly screen: Transcript;
  type(keys: string | Buffer): void;
  resize(cols: number, rows: number): void;
  kill(signal: NodeJS.Signals): void;
  /** `stty -g` of now. */
  settings(): string;
  /** Resolves when the program has ended. */
  end(): Promise<TerminalEnd>;
  /** Leaves unread what comes from now on, as a terminal at the end of a bad line does. */
  stopReading(): void;
  /** Closes the terminal, as a window is closed. */
  hangUp(): void;
}

/**
 * The shell of a user: it reads the terminal's settings before and after the program. Then it
 * stays, because Linux throws away what has not been read from a terminal whose session leader exits.
 */
const SHELL = `
marker=$1
settings=$2
shift 2
trap : INT QUIT
[ -z "$settings" ] || stty $settings
printf '%s begin %s %s\\n' "$marker" "$(tty)" "$(stty -g)"
"$@"
status=$?
printf '%s end %s %s\\n' "$marker" "$status" "$(stty -g)"
exec sleep 2147483647
`;
const ANNOUNCE = 'marker=$1; shift; printf "%s pid %s\\n" "$marker" "$$" >/dev/tty; exec "$@"';
const MARKER_DIGITS = 16;
const DEFAULT_SIZE = { cols: 80, rows: 24 };
/** Longer than the line with which the shell reports the end. */
const LONGEST_REPORT_BYTES = 400;

/** Starts the program with these arguments, and resolves when it runs. */
export function startInTerminal(
  t: TestContext,
  args: readonly string[],
  options: TerminalOptions = {},
): Promise<TerminalProgram> {
  return startCommandInTerminal(t, programCommand(args), options);
}

/** Starts any command in the same way. */
export async function startCommandInTerminal(
  t: TestContext,
  command: readonly string[],
  options: TerminalOptions = {},
): Promise<TerminalProgram> {
  const marker = `\x1e${randomBytes(MARKER_DIGITS / 2).toString('hex')}`;
  const pty = spawn(
    '/bin/sh',
    [
      ...['-c', SHELL, 'sh', marker, options.settings ?? '', ...(options.through ?? [])],
      ...['/bin/sh', '-c', ANNOUNCE, 'sh', marker, ...command],
    ],
    {
      ...(options.size ?? DEFAULT_SIZE),
      cwd: '/',
      env: programEnvironment(options.env),
      encoding: null,
    },
  );
  const screen = createTranscript('the terminal');
  let gone = false;
  const input = createPtyInput(pty.fd);
  let ended: (end: TerminalEnd) => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const end = new Promise<TerminalEnd>((resolve, reject) => {
    ended = resolve;
    failed = reject;
  });
  // `end()` reports it.
  end.catch(() => undefined);
  pty.on('close', () => input.close());
  let tail: Buffer = Buffer.alloc(0);
  pty.onData((bytes) => {
    screen.push(bytes);
    tail = Buffer.concat([tail, bytes]);
    const report = reportIn(tail.toString('latin1'), `${marker} end (\\d+) (\\S+)\r?\n`);
    if (report === undefined) {
      tail = tail.subarray(-LONGEST_REPORT_BYTES);
      return;
    }
    screen.truncate(screen.length - tail.length + report.index);
    screen.close();
    ended({ status: Number(report[1]), settings: report[2] ?? '' });
  });
  const exited = new Promise<void>((resolve) => {
    pty.onExit(() => {
      gone = true;
      screen.close();
      failed(new Error(`the terminal was closed: ${shown(screen.text)}`));
      resolve();
    });
  });
  t.after(async () => {
    killProcessSession(pty.pid);
    // A terminal that is not read does not report its end.
    pty.resume();
    await exited;
  });

  const beginning = `^${marker} begin (\\S+) (\\S+)\r?\n${marker} pid (\\d+)\r?\n`;
  await screen.until('the start', (text) => reportIn(text, beginning) !== undefined);
  const begun = reportIn(screen.text, beginning);
  const device = begun?.[1] ?? '';
  const program: TerminalProgram = {
    pid: Number(begun?.[3]),
    device,
    settingsBefore: begun?.[2] ?? '',
    screen: skipBeginning(screen, begun?.[0].length ?? 0),
    type: (keys) => void input.write(Buffer.from(keys)),
    resize: (cols, rows) => pty.resize(cols, rows),
    kill: (signal) => void process.kill(Number(begun?.[3]), signal),
    settings: () => terminalSettings(device),
    end: () => withDeadline('the end of the program', end, () => shown(screen.text)),
    stopReading: () => pty.pause(),
    hangUp() {
      if (!gone) process.kill(pty.pid, 'SIGHUP');
    },
  };
  return program;
}

function reportIn(text: string, pattern: string): RegExpExecArray | undefined {
  return new RegExp(pattern).exec(text) ?? undefined;
}

/** The same transcript without the shell's first lines. */
function skipBeginning(screen: Transcript, length: number): Transcript {
  return {
    get bytes() {
      return screen.bytes.subarray(length);
    },
    get length() {
      return screen.length - length;
    },
    get text() {
      return screen.text.slice(length);
    },
    push: (bytes) => screen.push(bytes),
    truncate: (to) => screen.truncate(length + to),
    close: () => screen.close(),
    until: (what, reached) => screen.until(what, (text) => reached(text.slice(length))),
  };
}

/** `stty -g` of a terminal by its path. */
function terminalSettings(device: string): string {
  const terminal = openSync(device, constants.O_RDWR | constants.O_NOCTTY);
  try {
    const { status, stdout } = spawnSync('stty', ['-g'], {
      stdio: [terminal, 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`stty -g failed on ${device}`);
    return stdout.trim();
  } finally {
    closeSync(terminal);
  }
}
