import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../lib/clock.ts';
import type { SessionRecorder } from '../../session/shell/session-recorder.ts';
import { eventLine, headerLine, sizeText, type EventCode } from './asciicast.ts';

/** What a recording is made with. */
export interface RecordingOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** TERM of the environment. */
  readonly term: string | undefined;
  /** Whether keys are recorded, too: also those of passwords. */
  readonly withInput: boolean;
  /** Takes lines of the recording as they are made, so that those before a crash are kept. */
  readonly write: (lines: string) => void;
}

/** A recording that is being made. */
export interface Recording {
  readonly recorder: SessionRecorder;
  /** The session has ended: writes what is incomplete. */
  end(): void;
}

/** Records a session as an asciicast. */
export function createRecording({ clock, term, withInput, write }: RecordingOptions): Recording {
  // A character may be cut between two messages.
  const decoders = { o: new StringDecoder('utf8'), i: new StringDecoder('utf8') };
  let startedAt: number | undefined;

  const event = (code: EventCode, text: string): void => {
    if (text === '' || startedAt === undefined) return;
    write(eventLine(clock.monotonic() - startedAt, code, text));
  };
  return {
    recorder: {
      resized(size) {
        if (startedAt !== undefined) {
          event('r', sizeText(size));
          return;
        }
        startedAt = clock.monotonic();
        write(headerLine(size, clock.now(), term));
      },
      output: (bytes) => event('o', decoders.o.write(bytes)),
      input(keys) {
        if (withInput) event('i', decoders.i.write(keys));
      },
    },
    end() {
      event('o', decoders.o.end());
      event('i', decoders.i.end());
    },
  };
}
