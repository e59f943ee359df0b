import type { Timer } from '../../../../../src/lib/clock.ts';
import { isJsonObject } from '../../../../../src/lib/json.ts';
import { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import type { TerminalSize } from '../../../../../src/protocol/terminal-size.ts';
import { commandEnvironment } from '../command-environment.ts';
import type { Program, ProgramHost, StartProgram } from '../program.ts';
import { startPtyProcess, type PtyProcess } from './pty-process.ts';
import { createTextOutput, readsOf } from '../text-output.ts';
import { createPace } from '../../channel/pace.ts';
import { planTerminal } from './plan-terminal.ts';

/** Reads the payload of a Size message; undefined for another payload. */
export function readTerminalSize(payload: Buffer): TerminalSize | undefined {
  let content: unknown;
  try {
    content = JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
  if (!isJsonObject(content)) return undefined;
  const { cols, rows } = content;
  if (!Number.isInteger(cols) || !Number.isInteger(rows)) return undefined;
  return { cols: Number(cols), rows: Number(rows) };
}

/** The agent waits for this long before its first read of a terminal. */
const FIRST_READ_MS = 1_000;
/** It waits for this long before it reports that a command could not be started. */
const BEFORE_ERROR_MS = 2_000;

/**
 * A shell in a pseudo-terminal, or one command in it (docs/design/protocol.md#shell). Input is
 * refused until the terminal is up.
 *
 * @param command - undefined for a shell that reads its commands from the terminal
 */
export function shellProgram(command: string | undefined): StartProgram {
  return (host) => startShell(host, command);
}

function startShell(host: ProgramHost, command: string | undefined): Program {
  const { record, options, clock } = host;
  const text = createTextOutput();
  const paced = options.terminalPacing === true;
  let pty: PtyProcess | undefined;
  let over = false;
  let isPaused = false;
  let readable = options.readAfter === undefined && !paced;
  let waiting: Buffer[] = [];
  let timer: Timer | undefined;
  let ptyEnded = false;

  const send = (read: Buffer): void => {
    const payload = text.take(read);
    record.outputBytes += payload.length;
    if (payload.length > 0) host.send(PayloadType.Output, payload);
  };
  const finish = (output = ''): void => {
    if (over) return;
    over = true;
    host.done('remote', output);
  };
  /** Sends what was read, and reads on when there is nothing left to send. */
  const pump = (): void => {
    if (pty === undefined) return;
    while (waiting.length > 0 && host.writable && pace?.isTooEarly() !== true) {
      const next = waiting.shift();
      if (next !== undefined) send(next);
    }
    if (ptyEnded && waiting.length === 0) finish();
    const mustPause = waiting.length > 0 || !readable || !host.writable;
    if (mustPause === isPaused) return;
    isPaused = mustPause;
    if (isPaused) pty.pause();
    else pty.resume();
  };
  const pace = paced ? createPace(clock, pump) : undefined;

  const fail = (reason: string): void => {
    const output = `\n----------ERROR-------\nUnable to start command: ${reason}\n\n`;
    timer = clock.after(BEFORE_ERROR_MS, () => finish(output));
  };
  const start = (): void => {
    if (over) return;
    const plan = planTerminal(command, options);
    if (plan.kind === 'refused') {
      fail(plan.reason);
      return;
    }
    try {
      pty = startPtyProcess(plan.words, commandEnvironment(options), {
        output(bytes) {
          waiting.push(...readsOf(bytes));
          pump();
        },
        ended() {
          record.childProcesses--;
          ptyEnded = true;
          host.changed();
          pump();
        },
      });
    } catch (error) {
      fail(`Failed to start pty: ${String(error)}`);
      return;
    }
    record.childProcesses++;
    if (paced) timer = clock.after(FIRST_READ_MS, allowReading);
    pump();
    host.ready();
    host.changed();
  };
  const allowReading = (): void => {
    readable = true;
    pump();
  };
  void options.readAfter?.then(allowReading);
  if (options.startAfter === undefined) start();
  else void options.startAfter.then(start);

  const resize = (payload: Buffer): boolean => {
    const size = readTerminalSize(payload);
    if (size === undefined) return true;
    if (pty === undefined) return over;
    // A size that a terminal has already changes nothing (`tty_do_resize` of Linux).
    const last = record.sizes.at(-1);
    if (last?.cols !== size.cols || last.rows !== size.rows) record.sizes.push(size);
    pty.resize(size);
    return true;
  };
  const stop = (): void => {
    over = true;
    waiting = [];
    timer?.cancel();
    pace?.cancel();
  };
  return {
    receive(payloadType, payload) {
      if (payloadType === PayloadType.Size) return resize(payload);
      if (pty === undefined) return over;
      return (payloadType === PayloadType.Output ? pty.write(payload) : undefined) ?? true;
    },
    writable: pump,
    async terminate() {
      stop();
      await pty?.terminate();
    },
    async close() {
      stop();
      pty?.close();
      await pty?.terminate();
    },
  };
}
