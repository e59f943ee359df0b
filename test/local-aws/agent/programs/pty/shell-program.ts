import { isJsonObject } from '../../../../../src/lib/json.ts';
import { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import type { TerminalSize } from '../../../../../src/protocol/terminal-size.ts';
import { commandEnvironment, interactiveArguments } from '../command-environment.ts';
import type { Program, ProgramHost, StartProgram } from '../program.ts';
import { startPtyProcess, type PtyProcess } from './pty-process.ts';
import { createTextOutput, readsOf } from '../text-output.ts';

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
  const { record, options } = host;
  let pty: PtyProcess | undefined;
  let over = false;
  let reading = true;
  let readable = options.readAfter === undefined;
  let ended = (): void => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });

  const start = (): void => {
    if (over) return;
    const how = commandEnvironment(options);
    const text = createTextOutput();
    const args = command === undefined ? interactiveArguments(how.shell) : ['-c', command];
    try {
      pty = startPtyProcess([how.shell, ...args], how, {
        output(bytes) {
          for (const read of readsOf(bytes)) host.output(PayloadType.Output, text.take(read));
          if (reading && !host.writable) {
            reading = false;
            pty?.pause();
          }
        },
        ended() {
          over = true;
          record.childProcesses--;
          host.changed();
          ended();
          host.done('remote', '');
        },
      });
    } catch (error) {
      over = true;
      host.done('remote', `Unable to start shell: ${String(error)}`);
      return;
    }
    record.childProcesses++;
    if (!host.writable || !readable) {
      reading = false;
      pty.pause();
    }
    host.ready();
    host.changed();
  };

  const read = (): void => {
    if (reading || !readable || !host.writable) return;
    reading = true;
    pty?.resume();
  };
  void options.readAfter?.then(() => {
    readable = true;
    read();
  });

  if (options.startAfter === undefined) start();
  else void options.startAfter.then(start);

  return {
    receive(payloadType, payload) {
      if (payloadType === PayloadType.Size) {
        const size = readTerminalSize(payload);
        if (size === undefined) return true;
        if (pty === undefined) return over;
        // A size that a terminal has already changes nothing (`tty_do_resize` of Linux).
        const last = record.sizes.at(-1);
        if (last?.cols !== size.cols || last.rows !== size.rows) record.sizes.push(size);
        pty.resize(size);
        return true;
      }
      if (pty === undefined) return over;
      if (payloadType === PayloadType.Output) pty.write(payload);
      return true;
    },
    writable: read,
    async close() {
      if (pty === undefined || over) {
        over = true;
        return;
      }
      pty.kill();
      await end;
    },
  };
}
