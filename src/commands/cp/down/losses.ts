import { CommandError } from '../../../cli/framework/command-context.ts';
import type { RemoteEnd } from '../../../cli/remote/remote.ts';
import { downloadFailures } from '../../../failures/copies/download.ts';
import { printableStart } from '../../../lib/printable.ts';
import { sudoRefusal } from './as-root.ts';
import { NO_REQUESTS_STATUS } from './sessions/answer-scripts.ts';
import type { Loss } from './sessions/answer-slot.ts';

/** Characters of the target's error that a failure quotes. */
const QUOTED_ERROR_CHARACTERS = 200;

const DESCRIPTIONS: Readonly<Record<Loss['kind'], string>> = {
  cut: 'the connection of a copy was cut',
  stalled: 'the command of a copy sends nothing',
  unanswered: 'the command of a copy answers no requests',
  damaged: 'the command of a copy sends what is no base64',
  ended: 'the command of a copy has ended',
  'requests-ended': 'the session that asks for blocks has ended',
};

/** For the log. */
export function describeLoss({ kind }: Loss): string {
  return DESCRIPTIONS[kind];
}

/**
 * Whether another command would only fail, too.
 *
 * @param isFirst - whether nothing has arrived of the source
 */
export function isHopeless(loss: Loss, isFirst: boolean): boolean {
  return isFirst && 'end' in loss && !isWithoutRequests(loss.end);
}

function isWithoutRequests(end: RemoteEnd): boolean {
  return end.kind === 'exited' && end.status === NO_REQUESTS_STATUS;
}

/** Whether the session that asks for blocks may be stuck: another command would get no requests from it, too. */
export function doubtsRequests(loss: Loss): boolean {
  return loss.kind === 'unanswered' || (loss.kind === 'ended' && isWithoutRequests(loss.end));
}

/** The failure of a copy that ends with a loss. */
export function errorOf(
  loss: Loss,
  { title, sudo }: { readonly title: string; readonly sudo: boolean },
): Error {
  if (loss.kind === 'damaged') {
    return new CommandError(downloadFailures['download-damaged'](title, 'a line is no base64'));
  }
  if (!('end' in loss)) return new CommandError(downloadFailures['download-stalled'](title));
  const { kind, end } = loss;
  if (end.kind === 'lost') return end.error;
  if (end.kind === 'stopped' || isWithoutRequests(end)) {
    return new CommandError(downloadFailures['download-stalled'](title));
  }
  const refusal = sudo && kind === 'ended' ? sudoRefusal(loss.text) : undefined;
  if (refusal !== undefined) {
    return new CommandError(downloadFailures['download-sudo-refused'](title, quotedError(refusal)));
  }
  const why = quotedError(loss.text);
  return new CommandError(
    kind === 'ended'
      ? downloadFailures['download-command-failed'](title, end.status, why)
      : downloadFailures['download-no-directory'](title, why),
  );
}

/**
 * Why a part of a file is too short.
 *
 * @param title - the source as the user wrote it
 * @param reply - what `dd` has printed: its error, if it has one, and some lines of numbers
 */
export function explainShortBlock(title: string, reply: Buffer): Error {
  const text = reply.toString();
  const error = /^dd: .*$/m.exec(text)?.[0];
  if (error === undefined) return new CommandError(downloadFailures['download-changed'](title));
  return new CommandError(downloadFailures['download-unreadable'](title, lastError(error)));
}

/**
 * The part of an error of a program that the system has worded. It ends the line:
 * `dd: failed to open '/x': Permission denied`.
 */
export function lastError(text: string): string {
  const line = /^.*: .*$/m.exec(text)?.[0] ?? text;
  return quotedError(line.slice(line.lastIndexOf(': ') + 2));
}

/** The start of the target's errors, as a failure quotes them. */
export function quotedError(text: string): string {
  return printableStart(text, QUOTED_ERROR_CHARACTERS);
}
