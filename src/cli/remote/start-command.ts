import type { Writable } from 'node:stream';
import { settingsOf } from './command-document.ts';
import { createCommandOutput } from './command-output.ts';
import { DOCUMENT } from './inspect-target.ts';
import type { Remote, RemoteCommand } from './remote.ts';
import { wrapScript, type ShellName } from './remote-shell.ts';
import { asError } from '../../lib/errors/as-error.ts';
import { runRemote } from './run-remote.ts';

const UPDATE_DOCUMENT = 'Ask the administrator of the account to update it';

/** Where the output of a command goes. Neither stream is ended. */
export interface CommandStreams {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/**
 * Runs a script by a shell of the target, without a terminal and without input. While one of the streams is full, the
 * session is not read. Output is text: of bytes that are not UTF-8 some are lost (docs/design/agent.md#separate-output).
 *
 * Resolves when the session is being started. A failure is the end of the command.
 */
export async function startCommand(
  remote: Remote,
  script: string,
  { stdout, stderr }: CommandStreams,
  shell: ShellName = 'sh',
): Promise<RemoteCommand> {
  try {
    const settings = settingsOf(await remote.facts(), UPDATE_DOCUMENT);
    return runRemote(remote, {
      request: {
        documentName: DOCUMENT,
        parameters: { command: [wrapScript(script, shell)], ...settings.parameters },
      },
      input: undefined,
      stdout,
      stderr,
      outputFilter: createCommandOutput(settings).filter,
    });
  } catch (error) {
    return failedCommand(error);
  }
}

/** A command that could not be started. */
export function failedCommand(error: unknown): RemoteCommand {
  return {
    ended: Promise.resolve({ kind: 'lost', error: asError(error) }),
    connectedSince: undefined,
    stop: () => Promise.resolve(),
  };
}
