import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import { parseExitCode } from '../../protocol/exit-code.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { createByteQueue } from '../streams/byte-queue.ts';
import type { Presentation } from '../presentation.ts';
import { createWriteGathering } from '../streams/cork-writes.ts';
import { createOutputWriter } from '../streams/output-writer.ts';
import {
  OUTPUT_PAYLOAD_BYTES,
  type SessionLink,
  type SessionSignal,
  type SessionType,
} from '../session-type.ts';
import { SIGNAL_STATUS } from '../signal-status.ts';
import { sendEndOfInput, type EndOfInput } from './end-of-input.ts';
import { createCommandWithoutInput, type CommandHost } from './command-without-input.ts';
import { createEscapeDetector, ESCAPE_HELP } from './escape-detector.ts';
import { createRepaint } from './repaint.ts';
import { sizeMessage } from './size-message.ts';

/** Memory of input that waits to be sent, above which stdin is not read, and below which it is read again. */
const INPUT_HIGH_WATER_BYTES = 64 * 1024;
const INPUT_LOW_WATER_BYTES = 16 * 1024;

const INTERRUPT = 0x03;
const QUIT = 0x1c;
const SUSPEND = 0x1a;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What a shell session works with. */
export interface ShellHost {
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly terminal: Terminal;
  readonly presentation: Pick<Presentation, 'texts' | 'cutOffStatus'>;
  /** For a command that shall have no input; undefined when stdin and keys are the session's. */
  readonly command: CommandHost | undefined;
}

function leaveHint(hasNoInput: boolean, isInteractive: boolean): string {
  if (hasNoInput) return ' (Ctrl-C to leave)';
  return isInteractive ? ' (~. to leave)' : '';
}

/**
 * The three kinds of shell session (docs/design/protocol.md#shell): keys out as bytes, the remote
 * side's output back, the terminal's size, escapes, and the end of input from a pipe.
 */
export function createShellSession(link: SessionLink, host: ShellHost): SessionType {
  const { stdin, terminal } = host;
  const input = createByteQueue();
  const escapes = createEscapeDetector();
  const repaint = createRepaint(link, terminal, host.clock);
  let exitStatus: number | undefined;
  let started = false;
  let closed = false;
  let stopResize: (() => void) | undefined;
  let endOfInput: EndOfInput | undefined;
  let lastByte: number | undefined;
  let fullStreams = 0;
  let inputEnded = false;
  let endIsReported = false;

  const leave = (exitCode: number): void => link.end({ kind: 'leave', text: '', exitCode });

  const outputEvents = {
    full: () => {
      fullStreams++;
      link.pauseReceiving();
    },
    drained: () => {
      fullStreams--;
      if (fullStreams === 0) link.resumeReceiving();
    },
  };
  const gather = createWriteGathering();
  const stdout = createOutputWriter(host.stdout, gather, {
    ...outputEvents,
    // An ordinary end, as of any program in a pipe.
    readerClosed: () => link.end({ kind: 'reader-closed' }),
  });
  const stderr = createOutputWriter(host.stderr, gather, {
    ...outputEvents,
    readerClosed: () => undefined,
  });

  const outputIsShown = terminal.shows(host.stdout);
  const errorsAreShown = terminal.shows(host.stderr);
  // What is not shown any more switches nothing on that would have to be undone.
  const writeOutput = (bytes: Buffer): void => {
    if (outputIsShown && !closed) terminal.modes.track(bytes);
    stdout.write(bytes);
  };
  const writeErrors = (bytes: Buffer): void => {
    if (errorsAreShown && !closed) terminal.modes.track(bytes);
    stderr.write(bytes);
  };

  const type = (keys: Buffer): void => {
    input.push(keys);
    link.wake();
  };

  const command =
    host.command === undefined
      ? undefined
      : createCommandWithoutInput(link, host.clock, host.command, type);

  const sendSize = (): void => link.send(sizeMessage(terminal));

  const takeKeys = (typed: Buffer): void => {
    const { send, escapes: found } = escapes.feed(typed);
    for (const escape of found) {
      switch (escape) {
        case 'terminate':
          leave(host.presentation.cutOffStatus);
          return;
        case 'help':
          writeErrors(Buffer.from(ESCAPE_HELP));
      }
    }
    if (send.length > 0) type(send);
  };

  const takePiped = (bytes: Buffer): void => {
    lastByte = bytes.at(-1);
    // A lone line feed is somebody's Enter; Windows targets know it only as a carriage return.
    const isEnter = bytes.length === 1 && bytes[0] === LINE_FEED;
    type(isEnter ? Buffer.from([CARRIAGE_RETURN]) : bytes);
  };

  const onData = (bytes: Buffer): void => {
    if (terminal.isInteractive) takeKeys(terminal.keysOf(bytes));
    else takePiped(bytes);
    if (input.cost() >= INPUT_HIGH_WATER_BYTES) stdin.pause();
  };

  const onEnd = (): void => {
    if (inputEnded || closed) return;
    inputEnded = true;
    if (terminal.isInteractive) {
      leave(SIGNAL_STATUS.SIGHUP);
      return;
    }
    link.wake();
  };

  /** The end of input is told when all that came before it is with the remote side. */
  const reportEnd = (): void => {
    endIsReported = true;
    link.whenAcknowledged(() => {
      if (!closed) endOfInput = sendEndOfInput({ clock: host.clock, type, lastByte });
    });
  };

  const takeExitCode = (payload: Buffer): void => {
    const text = payload.toString('utf8');
    exitStatus = parseExitCode(text) ?? exitStatus;
    // The agent's words about the status are a message, not output of the command.
    if (host.presentation.texts === host.stdout) stdout.write(payload);
  };

  return {
    stdout: 'text',
    leaveHint: leaveHint(command !== undefined, terminal.isInteractive),
    get exitStatus() {
      return command === undefined ? exitStatus : command.statusOf(exitStatus);
    },
    start() {
      started = true;
      if (command === undefined) terminal.enterRawMode();
      stopResize = terminal.onResize(sendSize);
      sendSize();
      if (command !== undefined) return;
      stdin.on('data', onData);
      stdin.on('end', onEnd);
      stdin.on('error', onEnd);
      stdin.on('close', onEnd);
      stdin.resume();
    },
    receive(payloadType, received) {
      if (!started) return false;
      endOfInput?.received();
      const payload = host.command?.filterOutput(payloadType, received) ?? received;
      switch (payloadType) {
        case PayloadType.StdErr:
          writeErrors(payload);
          break;
        case PayloadType.ExitCode:
          takeExitCode(payload);
          break;
        case PayloadType.Output:
        case PayloadType.Error:
          writeOutput(payload);
          break;
      }
      return true;
    },
    next() {
      // With nothing outstanding its keys are in the queue when this returns; a wake-up would be lost.
      if (inputEnded && !endIsReported && input.size() === 0) reportEnd();
      const payload = input.take(OUTPUT_PAYLOAD_BYTES);
      if (input.cost() < INPUT_LOW_WATER_BYTES && stdin.isPaused() && !closed) stdin.resume();
      return payload === undefined ? undefined : { payloadType: PayloadType.Output, payload };
    },
    repaint() {
      if (terminal.isInteractive && outputIsShown) repaint.start();
    },
    signal(signal: SessionSignal) {
      if (command !== undefined) {
        command.signal(signal);
        return;
      }
      switch (signal) {
        case 'SIGINT':
          type(Buffer.from([INTERRUPT]));
          break;
        case 'SIGQUIT':
          type(Buffer.from([QUIT]));
          break;
        case 'SIGTSTP':
          type(Buffer.from([SUSPEND]));
          break;
        case 'SIGTERM':
        case 'SIGHUP':
        case 'SIGUSR1':
        case 'parent-exited':
          leave(SIGNAL_STATUS[signal]);
      }
    },
    async finish() {
      await Promise.all([stdout.finished(), stderr.finished()]);
    },
    close() {
      if (closed) return;
      closed = true;
      endOfInput?.stop();
      command?.stop();
      stopResize?.();
      repaint.stop();
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdin.off('close', onEnd);
      // The listener to errors stays: one that arrives late must not become an uncaught exception.
      stdin.pause();
      stdout.close();
      stderr.close();
      // What a program leaves on that has ended by itself is meant to stay.
      if (exitStatus !== undefined) terminal.modes.forget();
      terminal.restore();
    },
  };
}
