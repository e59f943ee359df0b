import type { Readable } from 'node:stream';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { randomHex } from '../../../cli/framework/random-hex.ts';
import { quoteBytes } from '../../../cli/remote/quote-bytes.ts';
import { readLines } from '../../../cli/remote/read-lines.ts';
import type { Remote, RemoteCommand, RemoteEnd } from '../../../cli/remote/remote.ts';
import { startRawCommand } from '../../../cli/remote/start-raw-command.ts';
import { commandFailures } from '../../../failures/commands.ts';
import { sessionFailures } from '../../../failures/session.ts';
import { createDeferred } from '../../../lib/deferred.ts';
import { SessionError } from '../../../lib/errors/session-error.ts';
import { withTimeout } from '../../../lib/with-timeout.ts';
import { createInputFeed } from './input-feed.ts';
import { INPUT_END, INPUT_STATUS, inputScript } from './input-script.ts';

/** 128 bits: another user of the target cannot make the directory first. */
const FIFO_NAME_BYTES = 16;
/** A path on Linux has 4096 bytes at most (`PATH_MAX`), an acknowledgement less. */
const LONGEST_INPUT_LINE_BYTES = 8 * 1024;
/**
 * How long the target may take to report, after the end of the command, that its input was not cut off, in milliseconds.
 * It is a round trip, and up to three chunks that are still on their way through a slow network.
 */
const CONFIRMATION_TIMEOUT_MS = 10_000;

/** How long the target may take to make the FIFO, in milliseconds: a slow one takes a second. */
const INPUT_START_TIMEOUT_MS = 30_000;

/**
 * What is known about the input of a command that has ended. `whole`: the command got all of it, or closed it. `unknown`: the
 * target has not answered.
 */
export type InputOutcome = 'whole' | 'unknown' | Error;

const LAST_LINE = Buffer.from(INPUT_END);

/** A session that carries the input of a command. */
export interface InputSession {
  /** A word of a shell: the FIFO on the target, until the command has opened it. */
  readonly fifo: string;
  /** Resolves when the input cannot be carried to its end, with the reason. */
  readonly failed: Promise<Error>;
  /**
   * Finds out, after the end of the command, whether its input was cut off: to the command that looks like the end of the
   * input. Nothing more of the source is read.
   */
  finish(): Promise<InputOutcome>;
  /** Ends it. Resolves when it has ended; the FIFO is removed then. */
  stop(): Promise<void>;
}

/**
 * Starts a session that carries the input of a command to a FIFO on the target, in bounded pieces and with its end.
 *
 * @param source - is read from the start on, some KiB ahead of the command
 * @returns undefined when it was stopped
 * @throws AwsError, CommandError or SessionError when it cannot be started
 */
export async function startInputSession(
  remote: Remote,
  source: Readable,
): Promise<InputSession | undefined> {
  const { promise: failed, resolve: fail } = createDeferred<Error>();
  const { promise: opened, resolve: open } = createDeferred<Buffer>();
  const { promise: whole, resolve: confirm } = createDeferred<'whole'>();
  const feed = createInputFeed(source, (error) =>
    fail(new CommandError(commandFailures['stdin-unreadable'](error.message))),
  );
  let isOpen = false;
  const output = readLines(LONGEST_INPUT_LINE_BYTES, (line) => {
    if (!isOpen) {
      isOpen = true;
      open(line);
    } else if (line.equals(LAST_LINE)) {
      confirm('whole');
    } else {
      feed.acknowledged();
      if (feed.isDelivered) confirm('whole');
    }
  });
  const name = randomHex(remote.context.random, FIFO_NAME_BYTES);
  const script = inputScript(`session-manager-plugin-${name}`);
  const command = await startRawCommand(remote, script, { input: feed.stream, output });
  const started = Promise.race([opened, command.ended]);
  const { clock } = remote.context;
  const first = await withTimeout<Buffer | RemoteEnd | 'silent'>(
    clock,
    INPUT_START_TIMEOUT_MS,
    started,
    () => 'silent',
  );
  if (first === 'silent') {
    await stop(command, feed.stop);
    throw new SessionError(sessionFailures['input-not-ready']());
  }
  if (!Buffer.isBuffer(first)) {
    feed.stop();
    if (first.kind === 'stopped') return undefined;
    throw startFailure(first);
  }
  void command.ended.then((end) => {
    feed.stop();
    const isWhole = end.kind === 'stopped' || (end.kind === 'exited' && end.status === 0);
    if (!isWhole) fail(lossOf(end));
  });
  return {
    fifo: quoteBytes(first),
    failed,
    finish() {
      if (feed.isDelivered) return Promise.resolve('whole');
      feed.finish();
      const known: Promise<InputOutcome> = Promise.race([whole, failed]);
      return withTimeout(clock, CONFIRMATION_TIMEOUT_MS, known, () => 'unknown');
    },
    stop: () => stop(command, feed.stop),
  };
}

async function stop(command: RemoteCommand, stopFeed: () => void): Promise<void> {
  stopFeed();
  await command.stop();
}

function startFailure(end: Exclude<RemoteEnd, { readonly kind: 'stopped' }>): Error {
  if (end.kind === 'lost') return end.error;
  switch (end.status) {
    case INPUT_STATUS.noDirectory:
      return new CommandError(commandFailures['input-without-directory']());
    case INPUT_STATUS.noFifo:
      return new CommandError(commandFailures['input-without-fifo']());
    default:
      return new SessionError(sessionFailures['input-cut-off']());
  }
}

function lossOf(end: RemoteEnd): Error {
  return end.kind === 'lost' ? end.error : new SessionError(sessionFailures['input-cut-off']());
}
