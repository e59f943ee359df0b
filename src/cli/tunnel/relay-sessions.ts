import type { Readable, Writable } from 'node:stream';
import { shellFailures } from '../../failures/shells.ts';
import { tunnelFailures } from '../../failures/tunnels.ts';
import { createDeferred } from '../../lib/deferred.ts';
import { SessionError } from '../../lib/errors/session-error.ts';
import { printable } from '../../lib/printable.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { inputScript, RELAY_STATUS, relayScript } from '../../relay/scripts.ts';
import { CommandError } from '../framework/command-context.ts';
import { randomHex } from '../framework/random-hex.ts';
import { createLastOutput } from '../remote/last-output.ts';
import { quoteBytes } from '../remote/quote-bytes.ts';
import { readLines } from '../remote/read-lines.ts';
import type { Remote, RemoteEnd } from '../remote/remote.ts';
import { startCommand } from '../remote/start-command.ts';
import { startRawCommand } from '../remote/start-raw-command.ts';
import type { CombinedConnections } from './combined-connections.ts';
import { relayText } from './relay-text.ts';

/** 128 bits, so that no other user of the target can guess the name and make the directory first. */
const DIRECTORY_NAME_BYTES = 16;
/** A path on Linux has 4096 bytes at most (`PATH_MAX`). */
const LONGEST_PATH_LINE_BYTES = 8 * 1024;

/** In milliseconds: after the session of the input has ended, that of the output may take this long to report why. */
const RELAY_END_TIMEOUT_MS = 3_000;

/** The input and output of a relay. */
export interface RelayStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** Gets the losses and returns of both connections. */
  readonly connections: CombinedConnections;
}

/** Why a relay has ended; undefined when it was stopped. */
export type RelayLoss = Error | undefined;

/** A relay on the target, and the two sessions that reach it (docs/design/relay.md#sessions). */
export interface RelaySessions {
  /** Resolves when the first of its sessions has ended. Never rejects. */
  readonly ended: Promise<RelayLoss>;
  /** The time since which both sessions have a connection, in monotonic milliseconds; undefined while one has none. */
  connectedSince(): number | undefined;
  /** Ends both sessions. Idempotent; resolves when they have ended. */
  stop(): Promise<void>;
}

/** Starts a relay. Resolves while its session is being started; if that fails, the result has ended with the reason. */
export async function startRelay(
  remote: Remote,
  user: string | undefined,
  { input, output, connections }: RelayStreams,
): Promise<RelaySessions> {
  const { promise: made, resolve: make } = createDeferred<Buffer>();
  const name = `session-manager-plugin-${randomHex(remote.context.random, DIRECTORY_NAME_BYTES)}`;
  const feeding = await startRawCommand(
    { ...remote, onConnectionEvent: connections.add() },
    inputScript(name),
    {
      input,
      output: readLines(LONGEST_PATH_LINE_BYTES, make),
    },
  );
  const directory = await Promise.race([made, feeding.ended]);
  if (!Buffer.isBuffer(directory)) return endedRelay(lossOfInput(directory));
  const errors = createLastOutput();
  const relaying = await startCommand(
    { ...remote, onConnectionEvent: connections.add() },
    relayScript(quoteBytes(directory), user),
    {
      stdout: output,
      stderr: errors.stream,
    },
  );
  const outputEnd = relaying.ended.then((end) => lossOfOutput(end, errors.text, user));
  const inputEnd = feeding.ended.then((end) =>
    end.kind === 'exited'
      ? // This session ends when the relay does; the other session reports why.
        withTimeout(remote.context.clock, RELAY_END_TIMEOUT_MS, outputEnd, () => ended(''))
      : lossOf(end),
  );
  return {
    ended: Promise.race([outputEnd, inputEnd]),
    connectedSince() {
      const [input, output] = [feeding.connectedSince, relaying.connectedSince];
      return input === undefined || output === undefined ? undefined : Math.max(input, output);
    },
    async stop() {
      await Promise.all([relaying.stop(), feeding.stop()]);
    },
  };
}

/** A relay that could not be started. */
function endedRelay(loss: RelayLoss): RelaySessions {
  return {
    ended: Promise.resolve(loss),
    connectedSince: () => undefined,
    stop: () => Promise.resolve(),
  };
}

function lossOfInput(end: RemoteEnd): RelayLoss {
  if (end.kind !== 'exited') return lossOf(end);
  switch (end.status) {
    case RELAY_STATUS.noDirectory:
      return new CommandError(tunnelFailures['tunnel-without-directory']());
    case RELAY_STATUS.noFifo:
      return new CommandError(tunnelFailures['tunnel-without-fifo']());
    default:
      return ended('');
  }
}

/**
 * @param text - errors of the relay or of sudo, not trusted
 * @param user - whom the relay runs as, by sudo
 */
function lossOfOutput(end: RemoteEnd, text: string, user = ''): RelayLoss {
  if (end.kind !== 'exited') return lossOf(end);
  switch (end.status) {
    case RELAY_STATUS.noInterpreter:
      return new CommandError(tunnelFailures['tunnel-without-interpreter']());
    case RELAY_STATUS.noSudo:
      return new SessionError(shellFailures['sudo-missing'](printable(user)));
    case RELAY_STATUS.noUser:
      return new SessionError(shellFailures['user-unknown'](printable(user)));
    case RELAY_STATUS.notAllowed:
      return new SessionError(shellFailures['user-not-allowed'](printable(user), lastLine(text)));
    default:
      return ended(text);
  }
}

/** The reason of sudo is in its last line; those before it are warnings. */
function lastLine(text: string): string {
  const lines = text.trimEnd();
  return relayText(lines.slice(lines.lastIndexOf('\n') + 1));
}

function lossOf(end: Exclude<RemoteEnd, { readonly kind: 'exited' }>): RelayLoss {
  return end.kind === 'lost' ? end.error : undefined;
}

/** @param text - errors of the relay, not trusted */
function ended(text: string): Error {
  return new SessionError(tunnelFailures['tunnel-ended'](relayText(text)));
}
