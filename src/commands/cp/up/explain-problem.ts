import { CommandError } from '../../../cli/framework/command-context.ts';
import { uploadFailures } from '../../../failures/copies/upload.ts';
import { printable } from '../../../lib/printable.ts';
import type { ScriptResults } from './sessions/receiver-session.ts';
import type { DestinationProblem } from './target/destination.ts';

/** Bytes of a path as a sentence shows them. */
export function pathText(path: Buffer): string {
  return printable(path.toString());
}

const FULL = /no space left|quota exceeded/i;
const NOT_PERMITTED = /permission denied|operation not permitted|read-only file system/i;
const MISSING = /no such file|not a directory/i;
/** The receiver puts it before what sudo has written. */
const SUDO = 'sudo:';
const TAR = 'tar:';
/** `dd: failed to open 'data'`, `mkdir: cannot create directory '…'`: the reason is what follows the last colon. */
const REASON = /: ([^:]+)$/;
/** dd's summary is on the lines that follow. */
const SUMMARY = /(?:^| )\d+\+\d+ records in.*$/;

/** A failure of a tool on the target, from its text (in the locale C). */
export function explainText(path: Buffer, text: string): CommandError {
  const shown = pathText(path);
  const line = printable(text.replace(SUMMARY, '').trim());
  if (line.startsWith(SUDO))
    return new CommandError(uploadFailures['upload-sudo-refused'](shown, line));
  if (line === '') return new CommandError(uploadFailures['upload-receiver-failed'](shown));
  const reason = REASON.exec(line)?.[1] ?? line;
  const why = reason.charAt(0).toLowerCase() + reason.slice(1);
  if (FULL.test(why)) return new CommandError(uploadFailures['upload-disk-full'](shown, why));
  if (NOT_PERMITTED.test(why)) {
    return new CommandError(uploadFailures['upload-not-permitted'](shown, why));
  }
  if (line.startsWith(TAR))
    return new CommandError(uploadFailures['upload-tar-failed'](shown, line));
  if (MISSING.test(why)) return new CommandError(uploadFailures['upload-directory-missing'](shown));
  return new CommandError(uploadFailures['upload-unwritable'](shown, why));
}

/** What a script about the destination has found. */
export function explainProblem(path: Buffer, problem: string, text: string): CommandError {
  const shown = pathText(path);
  switch (problem as DestinationProblem) {
    case 'directory':
      return new CommandError(uploadFailures['upload-directory'](shown));
    case 'special':
      return new CommandError(uploadFailures['upload-special-file'](shown));
    case 'foreign':
      return new CommandError(uploadFailures['upload-directory-changed'](shown));
    case 'unowned':
      return new CommandError(uploadFailures['upload-directory-unowned'](shown));
    case 'busy':
      return new CommandError(uploadFailures['upload-busy'](shown));
    case 'appeared':
      return new CommandError(uploadFailures['upload-appeared'](shown));
    case 'tar':
      return new CommandError(uploadFailures['upload-tool-missing'](shown, 'tar'));
    case 'file':
      return new CommandError(uploadFailures['upload-not-a-directory'](shown));
    default:
      // Also a word that the receiver does not have: the target sends it.
      return explainText(path, text);
  }
}

/** @throws CommandError about a problem that a script reports */
export function throwProblem(path: Buffer, results: ScriptResults): void {
  const problem = results.get('problem');
  if (problem !== undefined) throw explainProblem(path, problem, results.get('text') ?? '');
}

/** A script that has found no problem, and still has not put the copy in its place. */
export function explainUnfinished(path: Buffer, results: ScriptResults): CommandError {
  return results.has('hash')
    ? new CommandError(uploadFailures['upload-damaged'](pathText(path)))
    : explainText(path, '');
}
