import type { Writable } from 'node:stream';
import { parseExitCode } from '../../protocol/exit-code.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Presentation } from '../presentation.ts';
import type { SessionLink } from '../session-type.ts';
import { createWriteGathering, type GatherWrites } from '../streams/gather-writes.ts';
import { createOutputWriter, type OutputWriter } from '../streams/output-writer.ts';
import type { SessionRecorder } from './session-recorder.ts';

/** What the output of a shell session works with. */
export interface ShellOutputHost {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly terminal: Terminal;
  readonly presentation: Pick<Presentation, 'texts'>;
  readonly recorder?: Pick<SessionRecorder, 'output'> | undefined;
}

/** What the remote side of a shell session writes, on its way to stdout and stderr. */
export interface ShellOutput {
  /** Takes a payload of the agent, without encryption. An unknown type is ignored. */
  take(payloadType: number, payload: Buffer): void;
  /** Writes to stderr. */
  writeError(bytes: Buffer): void;
  /** The exit status that the agent has reported, if it has. */
  readonly exitStatus: number | undefined;
  /** Whether stdout appears on the terminal. */
  readonly isShown: boolean;
  /** Resolves when everything is written, or never can be. */
  finished(): Promise<void>;
  close(): void;
}

type OutputLink = Pick<SessionLink, 'pauseReceiving' | 'resumeReceiving' | 'end'>;

/** Creates the output of a session. A full stream stops receiving from the service. */
export function createShellOutput(link: OutputLink, host: ShellOutputHost): ShellOutput {
  const { terminal, presentation, recorder } = host;
  const writer = createWriters(link, host);
  let exitStatus: number | undefined;
  let isClosed = false;

  const isShown = { stdout: terminal.shows(host.stdout), stderr: terminal.shows(host.stderr) };
  const write = (stream: 'stdout' | 'stderr', bytes: Buffer): void => {
    // Bytes that are not shown change no mode of the terminal.
    if (isShown[stream] && !isClosed) terminal.modes.track(bytes);
    writer[stream].write(bytes);
  };

  return {
    take(payloadType, payload) {
      switch (payloadType) {
        case PayloadType.StdErr:
          recorder?.output(payload);
          write('stderr', payload);
          break;
        case PayloadType.ExitCode:
          exitStatus = parseExitCode(payload.toString('utf8')) ?? exitStatus;
          // The agent's text about the status is a message of the agent, not output of the command.
          if (presentation.texts === host.stdout) writer.stdout.write(payload);
          break;
        case PayloadType.Output:
        case PayloadType.Error:
          recorder?.output(payload);
          write('stdout', payload);
          break;
      }
    },
    writeError: (bytes) => write('stderr', bytes),
    get exitStatus() {
      return exitStatus;
    },
    isShown: isShown.stdout,
    async finished() {
      await Promise.all([writer.stdout.finished(), writer.stderr.finished()]);
    },
    close() {
      isClosed = true;
      writer.stdout.close();
      writer.stderr.close();
    },
  };
}

function createWriters(
  link: OutputLink,
  { stdout, stderr }: ShellOutputHost,
): Readonly<Record<'stdout' | 'stderr', OutputWriter>> {
  let fullStreams = 0;
  const gather: GatherWrites = createWriteGathering();
  const open = (stream: Writable, readerClosed: () => void): OutputWriter =>
    createOutputWriter(stream, gather, {
      full() {
        fullStreams++;
        link.pauseReceiving();
      },
      drained() {
        fullStreams--;
        if (fullStreams === 0) link.resumeReceiving();
      },
      readerClosed,
    });
  return {
    // An ordinary end, as of any program in a pipe.
    stdout: open(stdout, () => link.end({ kind: 'reader-closed' })),
    stderr: open(stderr, () => undefined),
  };
}
