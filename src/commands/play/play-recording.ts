import { ReadStream, WriteStream } from 'node:tty';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { onWindowChange } from '../../cli/process/window-changes.ts';
import { drain } from '../../lib/drain.ts';
import type { TerminalSize } from '../../protocol/terminal-size.ts';
import { SIGNAL_STATUS } from '../../session/signal-status.ts';
import { createProcessTerminal } from '../../terminal/process-terminal.ts';
import { createSequenceParser } from '../../terminal/control-sequences.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { createPauseLimit, createPlayback, type Playback } from './playback.ts';
import { readRecording } from './read-recording.ts';

const CTRL_C = '\x03';
const QUIT = 'q';
const PAUSE = ' ';

/** How a recording is shown. */
export interface PlayOptions {
  /** How many times as fast as recorded. */
  readonly speed: number;
  /** The longest pause before an output as recorded, in milliseconds; that of the recording when left out. */
  readonly maxPause?: number;
}

/**
 * Shows a recording on stdout.
 *
 * @returns the exit status: 130 after Ctrl-C
 * @throws CommandError when the file cannot be read, or is not a recording
 */
export async function playRecording(
  context: CommandContext,
  path: string,
  { speed, maxPause = Infinity }: PlayOptions,
): Promise<number> {
  const { clock, interrupted, output } = context;
  const terminal = openTerminal(context);
  const playback = createPlayback(clock, speed);
  const stop = (): void => playback.stop();
  interrupted.addEventListener('abort', stop, { once: true });
  // The reader has seen enough, or the output cannot be written, which the program reports at its end.
  output.stdout.once('error', stop);
  let keys: Keys | undefined;
  let shorten = (atMs: number): number => atMs;
  try {
    for await (const line of readRecording(path)) {
      if (line.kind === 'header') {
        warnOfSize(context, line.header.size);
        shorten = createPauseLimit(Math.min(maxPause, line.header.maxPauseMs));
        keys = readKeys(context, terminal, playback);
      } else if (line.event.code === 'o') {
        if (!(await playback.until(shorten(line.event.atMs)))) break;
        const bytes = Buffer.from(line.event.text);
        if (terminal.shows(output.stdout)) terminal.modes.track(bytes);
        output.stdout.write(bytes);
        await drain(output.stdout);
      }
    }
  } finally {
    interrupted.removeEventListener('abort', stop);
    output.stdout.off('error', stop);
    keys?.stop();
    terminal.restore();
  }
  return keys?.isInterrupted === true ? SIGNAL_STATUS.SIGINT : 0;
}

function openTerminal({ terminal, output: { stdout }, platform }: CommandContext): Terminal {
  const input = terminal.stdin ? terminal.input : undefined;
  return createProcessTerminal({
    platform,
    input: input instanceof ReadStream ? input : undefined,
    outputs: stdout instanceof WriteStream ? [stdout] : [],
    openControllingTerminal: () => undefined,
    onSizeChange: onWindowChange,
    line: terminal.line,
  });
}

/** The keys of a person who watches. */
interface Keys {
  readonly isInterrupted: boolean;
  stop(): void;
}

/** A recording may ask the terminal for its position or name: raw mode keeps the answers from the shell. */
function readKeys(context: CommandContext, terminal: Terminal, playback: Playback): Keys {
  if (!terminal.isInteractive) return { isInterrupted: false, stop: () => undefined };
  const { input } = context.terminal;
  const keysIn = createAnswerFilter();
  let isInterrupted = false;
  const take = (typed: Buffer): void => {
    const keys = keysIn(typed);
    isInterrupted ||= keys.includes(CTRL_C);
    if (isInterrupted || keys.includes(QUIT)) playback.stop();
    else if (keys === PAUSE) playback.togglePause();
  };
  terminal.enterRawMode();
  input.on('data', take);
  return {
    get isInterrupted() {
      return isInterrupted;
    },
    stop() {
      input.off('data', take);
      input.pause();
    },
  };
}

/** @returns what takes each read of the terminal, and returns what of it are keys, not answers of the terminal */
function createAnswerFilter(): (typed: Buffer) => string {
  const parser = createSequenceParser({
    controlSequence: () => undefined,
    escapeSequence: () => undefined,
  });
  const isBetween = (): boolean => parser.pending === 'nothing';
  const isPlain = (byte: number): boolean => {
    const began = isBetween();
    parser.feed(Buffer.of(byte));
    return began && isBetween();
  };
  return (typed) => Buffer.from(typed.filter(isPlain)).toString('latin1');
}

function warnOfSize({ output, terminal }: CommandContext, recorded: TerminalSize): void {
  const size = terminal.stdout ? terminal.window.size() : undefined;
  if (size === undefined || (size.cols >= recorded.cols && size.rows >= recorded.rows)) return;
  const text = `This terminal is smaller than the recorded one, which has ${recorded.cols} columns and ${recorded.rows} rows.`;
  output.notify(text);
}
