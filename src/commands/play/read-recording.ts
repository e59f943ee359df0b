import { createReadStream } from 'node:fs';
import { CommandError } from '../../cli/framework/command-context.ts';
import {
  parseEvent,
  parseHeader,
  type RecordedEvent,
  type RecordedHeader,
} from '../../cli/recording/asciicast.ts';
import { recordingFailures } from '../../failures/recordings.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { systemText } from '../../lib/errors/system-error.ts';
import { printable } from '../../lib/printable.ts';
import { createLineSplitter } from '../../lib/split-lines.ts';

/** Limit of one line, in bytes. Those of this program have some KiB, those of others are not much longer. */
const MAX_RECORDED_LINE_BYTES = 4 * 1024 * 1024;

/** What a line of a recording means. */
export type RecordedLine =
  | { readonly kind: 'header'; readonly header: RecordedHeader }
  | { readonly kind: 'event'; readonly event: RecordedEvent };

/**
 * Reads a recording line by line. An incomplete last line is that of a recording that was cut off, and is left out.
 *
 * @throws CommandError when the file cannot be read, or a line of it is not one of a recording
 */
export async function* readRecording(path: string): AsyncGenerator<RecordedLine, void, void> {
  const shown = printable(path);
  const split = createLineSplitter(MAX_RECORDED_LINE_BYTES);
  let number = 0;
  for await (const chunk of chunksOf(path, shown)) {
    for (const bytes of split(chunk)) {
      number++;
      const line = parseLine(bytes.toString('utf8'), number);
      if (line === undefined) throw invalid(shown, number);
      yield line;
    }
  }
  if (number === 0) throw invalid(shown, 1);
}

function parseLine(text: string, number: number): RecordedLine | undefined {
  if (number === 1) {
    const header = parseHeader(text);
    return header && { kind: 'header', header };
  }
  const event = parseEvent(text);
  return event && { kind: 'event', event };
}

function invalid(shown: string, number: number): CommandError {
  return new CommandError(recordingFailures['recording-invalid'](shown, number));
}

async function* chunksOf(path: string, shown: string): AsyncGenerator<Buffer, void, void> {
  const stream: AsyncIterable<Buffer> = createReadStream(path);
  try {
    yield* stream;
  } catch (error) {
    const why = systemText(asError(error));
    throw new CommandError(recordingFailures['recording-unreadable'](shown, why));
  }
}
