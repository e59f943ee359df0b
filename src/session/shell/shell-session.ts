import type { Readable } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import type { Presentation } from '../presentation.ts';
import type { SessionLink, SessionSignal, SessionType } from '../session-type.ts';
import { SIGNAL_STATUS } from '../signal-status.ts';
import {
  createCommandWithoutInput,
  type CommandHost,
  type CommandWithoutInput,
} from './command-without-input.ts';
import { CONTROL_CHARACTERS } from './keys.ts';
import { createRepaint } from './repaint.ts';
import { ShellInput } from './shell-input.ts';
import { createShellOutput, type ShellOutput, type ShellOutputHost } from './shell-output.ts';
import { sizeMessage } from './size-message.ts';

/** What a shell session works with. */
export interface ShellHost extends ShellOutputHost {
  readonly clock: Clock;
  readonly stdin: Readable;
  readonly presentation: Pick<Presentation, 'texts' | 'cutOffStatus'>;
  /** For a command without input; undefined when the session reads stdin and keys. */
  readonly command: CommandHost | undefined;
}

/**
 * The three kinds of shell session (docs/design/protocol.md#shell): keys to the remote side, its output
 * to stdout and stderr, the size of the terminal, escapes, and the end of input from a pipe.
 */
export function createShellSession(link: SessionLink, host: ShellHost): SessionType {
  const { clock, terminal } = host;
  const output = createShellOutput(link, host);
  const input = createInput(link, host, output);
  const repaint = createRepaint(link, terminal, clock);
  const command =
    host.command === undefined
      ? undefined
      : createCommandWithoutInput(link, clock, host.command, (keys) => input.type(keys));
  let stopResize: (() => void) | undefined;

  return {
    stdout: 'text',
    leaveHint: leaveHint(command !== undefined, terminal.isInteractive),
    get exitStatus() {
      return command === undefined ? output.exitStatus : command.statusOf(output.exitStatus);
    },
    start() {
      if (command === undefined) terminal.enterRawMode();
      const sendSize = (): void => link.send(sizeMessage(terminal));
      stopResize = terminal.onResize(sendSize);
      sendSize();
      input.start();
    },
    receive(payloadType, received) {
      if (input.state === 'unstarted') return false;
      input.received();
      output.take(payloadType, host.command?.filterOutput(payloadType, received) ?? received);
      return true;
    },
    next: () => input.next(),
    repaint() {
      if (terminal.isInteractive && output.isShown) repaint.start();
    },
    signal: (signal) => takeSignal(signal, link, input, command),
    finish: () => output.finished(),
    close() {
      if (input.state === 'closed') return;
      input.close();
      command?.stop();
      stopResize?.();
      repaint.stop();
      output.close();
      // A program that has ended normally leaves on what it wants to stay on.
      if (output.exitStatus !== undefined) terminal.modes.clear();
      terminal.restore();
    },
  };
}

function leaveHint(hasNoInput: boolean, isInteractive: boolean): string {
  if (hasNoInput) return ' (Ctrl-C to leave)';
  return isInteractive ? ' (~. to leave)' : '';
}

function createInput(link: SessionLink, host: ShellHost, output: ShellOutput): ShellInput {
  const { clock, stdin, terminal, presentation } = host;
  return new ShellInput({
    link,
    clock,
    source:
      host.command === undefined
        ? {
            stream: stdin,
            isTerminal: terminal.isInteractive,
            keysOf: (typed) => terminal.keysOf(typed),
          }
        : undefined,
    leave: () => leave(link, presentation.cutOffStatus),
    hangUp: () => leave(link, SIGNAL_STATUS.SIGHUP),
    show: (text) => output.writeError(Buffer.from(text)),
  });
}

function leave(link: SessionLink, exitCode: number): void {
  link.end({ kind: 'leave', text: '', exitCode });
}

/** Signals of keys go to the remote side as keys; the others end the session. */
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
      input.type(Buffer.from([CONTROL_CHARACTERS[signal]]));
      break;
    case 'SIGTERM':
    case 'SIGHUP':
    case 'SIGUSR1':
    case 'parent-exited':
      leave(link, SIGNAL_STATUS[signal]);
  }
}
