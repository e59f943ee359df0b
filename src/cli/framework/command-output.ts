import type { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { drain } from '../../lib/drain.ts';
import type { OutputError } from '../../lib/errors/output-error.ts';
import { printableLines } from '../../lib/printable.ts';
import { droppedTexts, limitTexts } from '../../lib/buffered-text.ts';
import { watchOutputs } from '../../session/streams/watch-outputs.ts';
import { wrapMessage } from '../output/wrap-message.ts';
import type { CursorLine } from '../../terminal/cursor-line.ts';
import type { StatusLine } from '../progress/status-line.ts';
import type { CommandOutput, CommonOptions, PrintedText, TextPart } from './command-context.ts';
import { reportText } from './failure.ts';

/** What a command's output is made of. */
export interface OutputParts {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly status: StatusLine;
  /** The line of the cursor of the terminal. */
  readonly line: CursorLine;
  /** The common options; undefined until the command line has been parsed. */
  readonly options: () => CommonOptions | undefined;
  /** Whether failures are reported as JSON until then. */
  readonly isJson: boolean;
  /** Nothing is printed after it is aborted. */
  readonly interrupted: AbortSignal;
}

/** The output of a command, and what the program itself does with it. */
export interface ProcessOutput extends CommandOutput {
  /** Writes a text to the stream for messages, or drops and counts it while that stream is not read. */
  writeIfRead(text: string): void;
  /**
   * Waits until the system has everything that was written, or never can have it.
   *
   * @returns why some of it is lost, unless its reader has closed the pipe
   */
  written(): Promise<OutputError | undefined>;
}

/** Writes to the process's streams. */
export function createCommandOutput(parts: OutputParts): ProcessOutput {
  const { stdout, stderr, status, line, options, isJson, interrupted } = parts;
  let messages = stderr;
  let lastPrint: Promise<void> = Promise.resolve();
  let lost: OutputError | undefined;
  watchOutputs({ stdout, stderr }, (error) => {
    lost ??= error;
  });
  const limit = limitTexts(() => messages, droppedTexts);
  const fitted = (text: string): string =>
    stderr instanceof WriteStream ? wrapMessage(printableLines(text), stderr.columns) : text;
  const writeMessage = (text: string): void => {
    const isOnTerminal = messages instanceof WriteStream;
    messages.write(printableLines(isOnTerminal ? line.begin(text) : text));
  };
  const writeIfRead = (text: string): void => {
    const admitted = limit.admit();
    if (admitted === undefined) return;
    status.clear();
    writeMessage(`${admitted.notice}${text}`);
  };
  return {
    stdout,
    stderr,
    status,
    get messages() {
      return messages;
    },
    divertMessages(to) {
      messages = to ?? stderr;
    },
    print(text) {
      // The signal ends the program: nothing more is written, and the command does not continue.
      if (interrupted.aborted) return new Promise(() => undefined);
      status.clear();
      const withColors = stdout instanceof WriteStream && options()?.color === true;
      stdout.write(rendered(text, withColors));
      lastPrint = drain(stdout);
      return lastPrint;
    },
    notify(text) {
      if (options()?.quiet !== true && !interrupted.aborted) writeIfRead(fitted(`${text}\n`));
    },
    reportError(error, nameInText) {
      status.clear();
      const asJson = options()?.json ?? isJson;
      const text = reportText(error, asJson, nameInText);
      writeMessage(asJson ? text : fitted(text));
    },
    writeIfRead,
    async written() {
      await Promise.all([lastPrint, drain(stderr)]);
      return lost;
    },
  };
}

function rendered(text: PrintedText, withColors: boolean): string {
  if (typeof text === 'string') return printableLines(text);
  return text.map((part) => renderedPart(part, withColors)).join('');
}

function renderedPart(part: TextPart, withColors: boolean): string {
  if (typeof part === 'string') return printableLines(part);
  const text = printableLines(part.text);
  return withColors ? styleText(part.color, text, { validateStream: false }) : text;
}
