import { Writable } from 'node:stream';
import { uploadFailures } from '../../../failures/copies/upload.ts';
import { CommandError } from '../../../cli/framework/command-context.ts';
import { quoteBytes } from '../../../cli/remote/quote-bytes.ts';
import type { Remote } from '../../../cli/remote/remote.ts';
import type { RemoteTools } from '../../../cli/remote/remote-tools.ts';
import { startCommand } from '../../../cli/remote/start-command.ts';
import { printable } from '../../../lib/printable.ts';
import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import { joinPath, shownPath } from '../paths.ts';

const HOME = Buffer.from('~');
const IN_HOME = Buffer.from('~/');
const SLASH = Buffer.from('/');

/** The absolute path of what a user has written: a relative one starts at the home directory of the session's user. */
export function absolutePath(path: Buffer, { home }: Pick<RemoteTools, 'home'>): Buffer {
  const directory = Buffer.from(home);
  if (path.length === 0 || path.equals(HOME)) return directory;
  if (path.indexOf(SLASH) === 0) return path;
  const isInHome = path.indexOf(IN_HOME) === 0;
  return joinPath(directory, isInHome ? path.subarray(IN_HOME.length) : path);
}

/** What is at a path of a target. Links are followed. */
export type RemoteKind = 'directory' | 'other' | 'missing';

/** Bytes of the target's error that a failure quotes. */
const LONGEST_REPLY_BYTES = 200;

/**
 * Finds out what is at a path of a target.
 *
 * @throws ProgramError when the target cannot be asked
 */
export async function kindOfPath(remote: Remote, path: Buffer, sudo: boolean): Promise<RemoteKind> {
  const script = [
    `p=${quoteBytes(path)}`,
    'if [ -d "$p" ]; then echo directory; elif [ -e "$p" ] || [ -L "$p" ]; then echo other; else echo missing; fi',
  ].join('\n');
  const stdout = collect();
  const stderr = collect();
  const command = await startCommand(
    remote,
    sudo ? `exec sudo -n sh -c ${quoteForShell(script)}` : script,
    { stdout: stdout.stream, stderr: stderr.stream },
  );
  const end = await command.ended;
  if (end.kind === 'lost') throw end.error;
  remote.stopped.throwIfAborted();
  const kind = stdout.text().trim();
  if (kind === 'directory' || kind === 'other' || kind === 'missing') return kind;
  throw new CommandError(whyUnknown(path, printable(stderr.text()), sudo));
}

/** The script itself always prints a kind. */
function whyUnknown(path: Buffer, why: string, sudo: boolean) {
  const shown = printable(shownPath(path));
  if (why === '') return uploadFailures['upload-receiver-failed'](shown);
  return uploadFailures[sudo ? 'upload-sudo-refused' : 'upload-unwritable'](shown, why);
}

/** The start of an output. */
function collect(): { readonly stream: Writable; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8', 0, LONGEST_REPLY_BYTES - text.length);
      done();
    },
  });
  return { stream, text: () => text };
}
