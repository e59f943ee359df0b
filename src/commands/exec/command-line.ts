import { wrapScript } from '../../cli/remote/remote-shell.ts';
import type { ExecRun } from './exec-run.ts';

/** Comes after the encoded bytes, which have no such character: else an encoder that is killed would go unnoticed. */
export const ENCODED_END = '.';

/** Line breaks in what it prints are allowed. */
const FIND_ENCODER = `\
if command -v base64 >/dev/null 2>&1; then encoder=base64
elif command -v openssl >/dev/null 2>&1; then encoder='openssl base64'
else
  echo 'exec --binary needs base64 or openssl on the target.' >&2
  exit 127
fi`;

/**
 * Passes stdout through the encoder, and keeps the status: a pipe has that of its last program. What the command leaves
 * behind gets neither of the further descriptors, so that nothing waits for it.
 */
const encoded = (words: string): string => `\
${FIND_ENCODER}
exec 3>&1
status=$( { { ${words} 3>&- 4>&-; echo "$?" >&4; } | { $encoder 4>&- && printf '${ENCODED_END}'; } >&3; } 4>&1 )
exit "\${status:-255}"`;

/**
 * The text of a command without a terminal.
 *
 * @param input - a word that names the FIFO which the command reads; undefined for no input
 * @throws CommandError when it is too long
 */
export function commandText({ words, isBinary }: ExecRun, input: string | undefined): string {
  if (input === undefined && !isBinary) return words;
  const open = input === undefined ? '' : `exec <${input}\n`;
  return wrapScript(`${open}${isBinary ? encoded(words) : `exec ${words}`}`, 'sh');
}
