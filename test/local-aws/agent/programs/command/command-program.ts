import { PayloadType } from '../../../../../src/protocol/payload-type.ts';
import type { SeparateOutput } from '../../../session/session-request.ts';
import { runCommand, type RunningCommand } from './command-process.ts';
import type { Program, ProgramHost, StartProgram } from '../program.ts';
import { readTerminalSize } from '../pty/shell-program.ts';
import { splitWords } from './split-words.ts';

/** What the agent reports of a command that it could not start. */
const ERROR_STATUS = 1;
/** The agent waits before it reports on the data channel that a command could not be started. */
const BEFORE_ERROR_MS = 1_000;
/** It has waited before that when it has not even tried to. */
const BEFORE_SPLIT_ERROR_MS = 2_000;
const EMPTY = 'Commands cannot be empty for session type NonInteractiveCommands';
const DEAD_WORKER =
  'document process failed unexpectedly: ipc messaging received timeout signal , check [ssm-document-worker]/[ssm-session-worker] log for crash reason';
/** A worker that has died is missed after this (docs/design/agent.md#exit-status). */
const DEAD_WORKER_MS = 60_000;

/**
 * A command without a terminal, as the agent runs it (docs/design/agent.md#commands): in no shell,
 * without input.
 *
 * @param separate - standard error as StdErr payloads and the status as ExitCode; undefined for both
 *   outputs in one, after the command's end, and no status
 */
export function commandProgram(
  command: string,
  separate: SeparateOutput | undefined,
): StartProgram {
  return (host) => startCommand(host, command, separate);
}

function startCommand(
  host: ProgramHost,
  command: string,
  separate: SeparateOutput | undefined,
): Program {
  const { options, record, clock } = host;
  let running: RunningCommand | undefined;
  let over = false;
  let timer: { cancel(): void } | undefined;

  const finish = (output = ''): void => {
    over = true;
    host.done('remote', output);
  };
  const failLater = (delayMs: number, text: string, closing: string): void => {
    timer = clock.after(delayMs, () => {
      host.send(PayloadType.StdErr, Buffer.from(text));
      finish(closing);
    });
    host.ready();
  };
  /** A channel that is paused gets no status (`sendExitCode` of the agent's shell.go). */
  const sendStatus = (status: number): void => {
    if (separate !== undefined && host.active) host.send(PayloadType.ExitCode, exitCode(status));
  };
  const notStarted = (text: string): void => {
    sendStatus(ERROR_STATUS);
    failLater(BEFORE_ERROR_MS, text, '');
  };
  const start = (): void => {
    if (over) return;
    if (command.trim() === '') {
      finish(EMPTY);
      return;
    }
    const split = splitWords(command);
    if (split.kind === 'error') {
      const text = `Unable to start command: Failed to parse commands input: ${split.reason}\n\n`;
      failLater(BEFORE_SPLIT_ERROR_MS + BEFORE_ERROR_MS, text, `\n----------ERROR-------\n${text}`);
      return;
    }
    const words = options.powershell === undefined ? [] : [options.powershell];
    const [program, ...args] = [...words, ...split.words];
    if (program === undefined) {
      // Nothing but a comment: the worker looks for the first word, and dies of it.
      timer = clock.after(DEAD_WORKER_MS, () => finish(DEAD_WORKER));
      host.ready();
      return;
    }
    running = runCommand(host, [program, ...args], separate, {
      notStarted,
      ended(status) {
        sendStatus(status);
        finish();
      },
    });
    host.ready();
    host.changed();
  };

  const stop = (): void => {
    over = true;
    timer?.cancel();
  };

  if (options.startAfter === undefined) start();
  else void options.startAfter.then(start);

  return {
    receive(payloadType, payload) {
      if (running === undefined) return over || timer !== undefined;
      // The agent waits, in the place where it reads, for the end of a command that it has signalled.
      if (running.isSignalled && !over) return false;
      if (payloadType === PayloadType.Output) running.signal(payload);
      if (payloadType === PayloadType.Size) {
        const size = readTerminalSize(payload);
        if (size !== undefined) record.sizes.push(size);
      }
      return true;
    },
    writable: () => running?.writable(),
    async terminate() {
      stop();
      await running?.terminate();
    },
    async close() {
      stop();
      await running?.close();
    },
  };
}

function exitCode(status: number): Buffer {
  return Buffer.from(`EXIT_CODE: ${status}`, 'latin1');
}
