import { randomFillSync, randomUUID } from 'node:crypto';
import { openSync } from 'node:fs';
import { Readable } from 'node:stream';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import { systemClock } from '../../lib/clock.ts';
import type { Logger } from '../../logging/logger.ts';
import { createLocalPort } from '../../session/port/listen/local-port.ts';
import type { Presentation } from '../../session/presentation.ts';
import type { SessionHost } from '../../session/session-host.ts';
import type { SessionService } from '../../session/session-service.ts';
import type { OpenSocket } from '../../socket/socket.ts';
import { createCursorLine, type CursorLine } from '../../terminal/cursor-line.ts';
import { createProcessTerminal } from '../../terminal/process-terminal.ts';
import { makeTtyNonblocking } from '../../terminal/nonblocking-tty.ts';
import { hangUpEnds } from '../process/signals/hang-up.ts';
import { jsonSessionFailure } from './json-failures.ts';
import { checkPeers, createListenHost } from './listen-host.ts';
import type { FatalErrors } from '../process/fatal-errors.ts';
import type { ProcessOutputs } from '../process/process-outputs.ts';
import { namedTexts } from '../output/named-texts.ts';
import type { PresentationChoice, RunOptions, RunStreams } from './run-options.ts';
import type { Settings } from '../process/settings.ts';
import type { BufferedSignals } from '../process/signals/process-signals.ts';
import { onWindowChange } from '../process/window-changes.ts';

const CONTROLLING_TERMINAL = '/dev/tty';
/** The same on Windows. Without the prefix the runtime would open a file of this directory. */
const WINDOWS_CONSOLE = String.raw`\\.\CONOUT$`;

/** What a session depends on besides the process. */
export interface ProcessHostOptions {
  readonly settings: Settings;
  readonly run: RunOptions;
  readonly outputs: ProcessOutputs;
  /** The line of the terminal's cursor. */
  readonly line: CursorLine;
  readonly service: SessionService;
  readonly logger: Logger;
  /** Whether the session is known to be ssh's before it begins. */
  readonly isSsh: boolean;
  readonly openSocket: OpenSocket;
  readonly signals: BufferedSignals;
  readonly onFatalError: FatalErrors['onFatalError'];
  readonly reportAgentWait: () => () => void;
  readonly stopWaiting: () => void;
}

/** Everything impure that a session uses, taken from the running process. */
export function createProcessHost(options: ProcessHostOptions): SessionHost {
  const { settings, run, outputs, service, logger, openSocket, signals, onFatalError } = options;
  return {
    ...(run.streams.kind === 'process'
      ? processStreams(run.streams, options)
      : ownStreams(run.streams)),
    clock: systemClock,
    service,
    outputFilter: run.outputFilter,
    recorder: run.recorder,
    presentation: createPresentation(run.presentation, settings.quiet, outputs),
    openSocket,
    ...createListenHost(settings.localHost ?? '', logger),
    localPort: run.localPort ?? createLocalPort({ onEvent: run.presentation.onEvent }),
    fillRandom: (buffer) => randomFillSync(buffer),
    newUuid: randomUUID,
    random: Math.random,
    onSignal: signals.onSignal,
    hangUpEnds: options.isSsh || hangUpEnds(process.platform, isatty),
    onFatalError,
    reportAgentWait: options.reportAgentWait,
    connectionChanged: run.onConnection ?? (() => undefined),
    stopWaiting: options.stopWaiting,
    hasPeerClosed: checkPeers(),
  };
}

/** What a session reads and writes, and the terminal that shows it. */
type HostStreams = Pick<SessionHost, 'stdin' | 'stdout' | 'stderr' | 'terminal' | 'input' | 'lead'>;

function processStreams(
  { input, lead }: Extract<RunStreams, { readonly kind: 'process' }>,
  { outputs: { stdout, stderr }, line }: ProcessHostOptions,
): HostStreams {
  const stdin = input === 'keys' ? openStdin() : Readable.from([]);
  const terminals = [stdout, process.stderr].filter((stream) => stream instanceof WriteStream);
  for (const stream of terminals) makeTtyNonblocking(stream);
  return {
    stdin,
    stdout,
    stderr,
    terminal: createProcessTerminal({
      platform: process.platform,
      input: stdin instanceof ReadStream ? stdin : undefined,
      outputs: terminals,
      openControllingTerminal,
      onSizeChange: onWindowChange,
      line,
    }),
    input: input === 'keys' ? { kind: 'keys' } : { kind: 'nothing', suspend },
    lead,
  };
}

/** The program catches the terminal's own signal for that (SIGTSTP). */
function suspend(): void {
  process.kill(process.pid, 'SIGSTOP');
}

function ownStreams({
  input,
  stdout,
  stderr,
}: Extract<RunStreams, { readonly kind: 'own' }>): HostStreams {
  return {
    stdin: input?.stream ?? Readable.from([]),
    stdout,
    stderr,
    terminal: createProcessTerminal({
      platform: process.platform,
      input: undefined,
      outputs: [],
      openControllingTerminal: () => undefined,
      onSizeChange: () => () => undefined,
      line: createCursorLine(),
    }),
    input:
      input === undefined
        ? { kind: 'nothing', suspend: () => undefined }
        : { kind: 'bytes', after: input.after },
  };
}

function createPresentation(
  choice: PresentationChoice,
  quiet: boolean,
  { stdout, stderr }: ProcessOutputs,
): Presentation {
  const { nameInText } = choice;
  const named = nameInText === undefined ? stderr : namedTexts(stderr, nameInText);
  const streams = { stdout, stderr: named, nowhere: undefined };
  return {
    ...choice,
    texts: quiet ? undefined : streams[choice.texts],
    notices: quiet ? undefined : streams[choice.notices],
    noticesOnTerminal: named instanceof WriteStream,
    failures: choice.failures === 'json' ? stderr : streams[choice.failures],
    failureJson: choice.failures === 'json' ? jsonSessionFailure : undefined,
  };
}

/** A stdin that cannot be read (a directory, a closed descriptor) is one without input. */
function openStdin(): Readable {
  try {
    return process.stdin;
  } catch {
    return Readable.from([]);
  }
}

function openControllingTerminal(): WriteStream | undefined {
  try {
    const path = process.platform === 'win32' ? WINDOWS_CONSOLE : CONTROLLING_TERMINAL;
    return new WriteStream(openSync(path, 'r+'));
  } catch {
    return undefined;
  }
}
