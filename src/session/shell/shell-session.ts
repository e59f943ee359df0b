import type { Readable } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import { PayloadType } from '../../protocol/payload-type.ts';
import type { Presentation } from '../presentation.ts';
import type { SessionLink, SessionSignal, SessionType } from '../session-type.ts';
import { SIGNAL_STATUS } from '../signal-status.ts';
import { createCommandWithoutInput, type CommandWithoutInput } from './command-without-input.ts';
import { CONTROL_CHARACTERS } from './keys.ts';
import type { OutputFilter } from './output-filter.ts';
import { createRepaint } from './repaint.ts';
import type { SessionRecorder } from './session-recorder.ts';
import { ShellInput, type InputLead, type InputSource } from './shell-input.ts';
import { createShellOutput, type ShellOutput, type ShellOutputHost } from './shell-output.ts';
import { remoteSize, sizeMessage } from './size-message.ts';

/** What the input of a shell session is. */
export type ShellInputKind =
  /** Keys: stdin, with escapes, window size and raw mode where it is a terminal. */
  | { readonly kind: 'keys' }
  | {
      /** Nothing: a command without input, to which signals are passed on. */
      readonly kind: 'nothing';
      /** Suspends the program, as Ctrl-Z suspends other programs. */
      readonly suspend: () => void;
    }
  | {
      /** The bytes of stdin, unchanged. */
      readonly kind: 'bytes';
      /** stdin is read once this has resolved. */
      readonly after: Promise<unknown>;
    };

/** What a shell session works with. */
export interface ShellHost extends ShellOutputHost {
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly presentation: Pick<Presentation, 'texts' | 'cutOffStatus'>;
  readonly input: ShellInputKind;
  /** Goes before keys; undefined for nothing. */
  readonly lead?: InputLead | undefined;
  /** Undefined when all output belongs to the remote side. */
  readonly outputFilter: OutputFilter | undefined;
  /** Undefined for a session that is not recorded. */
  readonly recorder?: SessionRecorder | undefined;
}

/**
 * The three kinds of shell session (docs/design/protocol.md#shell): keys or bytes to the remote side, its
 * output to stdout and stderr, the size of the terminal, escapes, and the end of input from a pipe.
 */
export function createShellSession(link: SessionLink, host: ShellHost): SessionType {
  const { clock, terminal, outputFilter } = host;
  const output = createShellOutput(link, host);
  const input = createInput(link, host, output);
  const repaint = createRepaint(link, terminal, clock);
  const command =
    host.input.kind === 'nothing'
      ? createCommandWithoutInput(link, clock, host.input.suspend, (keys) => input.type(keys))
      : undefined;
  const reportedStatus = (): number | undefined => outputFilter?.exitStatus ?? output.exitStatus;
  let stopResize: (() => void) | undefined;

  return {
    stdout: 'text',
    leaveHint: leaveHint(command !== undefined, terminal.isInteractive),
    get exitStatus() {
      const reported = reportedStatus();
      return command === undefined ? reported : command.statusOf(reported);
    },
    start() {
      if (host.input.kind === 'keys') terminal.enterRawMode();
      const sendSize = (): void => {
        link.send(sizeMessage(terminal));
        host.recorder?.resized(remoteSize(terminal));
      };
      stopResize = terminal.onResize(sendSize);
      sendSize();
      input.start();
    },
    receive(payloadType, received) {
      if (input.state === 'unstarted') return false;
      input.received();
      output.take(payloadType, outputFilter?.take(payloadType, received) ?? received);
      return true;
    },
    next: () => input.next(),
    repaint() {
      if (terminal.isInteractive && output.isShown) repaint.start();
    },
    signal: (signal) => takeSignal(signal, link, input, command),
    finish() {
      if (outputFilter !== undefined) output.take(PayloadType.Output, outputFilter.rest());
      return output.finished();
    },
    close() {
      if (input.state === 'closed') return;
      input.close();
      command?.stop();
      stopResize?.();
      repaint.stop();
      output.close();
      // A program that has ended normally leaves on what it wants to stay on.
      if (reportedStatus() !== undefined) terminal.modes.clear();
      terminal.restore();
    },
  };
}

function leaveHint(hasNoInput: boolean, isInteractive: boolean): string {
  if (hasNoInput) return ' (Ctrl-C to leave)';
  return isInteractive ? ' (~. to leave)' : '';
}

function createInput(link: SessionLink, host: ShellHost, output: ShellOutput): ShellInput {
  const { clock, presentation } = host;
  return new ShellInput({
    link,
    clock,
    source: sourceOf(host),
    leave: () => leave(link, presentation.cutOffStatus),
    interrupt: () => leave(link, SIGNAL_STATUS.SIGINT),
    hangUp: () => leave(link, SIGNAL_STATUS.SIGHUP),
    show: (text) => output.writeError(Buffer.from(text)),
    onTyped: (keys) => host.recorder?.input(keys),
    lead: host.lead,
  });
}

function sourceOf({ input, stdin, terminal }: ShellHost): InputSource | undefined {
  switch (input.kind) {
    case 'keys':
      return terminal.isInteractive
        ? { kind: 'terminal', stream: stdin, keysOf: (typed) => terminal.keysOf(typed) }
        : { kind: 'pipe', stream: stdin };
    case 'bytes':
      return { kind: 'bytes', stream: stdin, after: input.after };
    case 'nothing':
      return undefined;
  }
}

function leave(link: SessionLink, exitCode: number): void {
  link.end({ kind: 'leave', text: '', exitCode });
}

/**
 * Signals of keys go to the remote side as keys; the others end the session. Among bytes no key is typed, and none while
 * keys wait: then those signals end the session, too, except for that of Ctrl-Z.
 */
function takeSignal(
  signal: SessionSignal,
  link: SessionLink,
  input: ShellInput,
  command: CommandWithoutInput | undefined,
): void {
  if (command !== undefined) {
    command.signal(signal);
    return;
  }
  switch (signal) {
    case 'SIGINT':
    case 'SIGQUIT':
    case 'SIGTSTP':
      if (input.takesKeys) input.type(Buffer.from([CONTROL_CHARACTERS[signal]]));
      else if (signal !== 'SIGTSTP') leave(link, SIGNAL_STATUS[signal]);
      break;
    case 'SIGTERM':
    case 'SIGHUP':
    case 'SIGUSR1':
    case 'parent-exited':
      leave(link, SIGNAL_STATUS[signal]);
  }
}
