import { asError } from '../../lib/errors/as-error.ts';
import { isReaderClosed, OutputError } from '../../lib/errors/output-error.ts';
import { printableLines } from '../../lib/printable.ts';
import { writeFully } from './write-fully.ts';

const STDOUT = 1;

/**
 * Prints a text to stdout; foreign parts of it cannot control a terminal. It writes to the descriptor,
 * because creating the stream takes longer than a whole run without a session. If a non-blocking pipe is
 * full, the stream writes the rest, and waits.
 *
 * @returns resolves when the system has the text, or its reader has closed
 * @throws OutputError when it cannot be written, such as to a full disk
 */
export async function print(text: string): Promise<void> {
  const shown = printableLines(text);
  const bytes = Buffer.from(shown);
  // A Windows console reads bytes in its own code page; the stream passes it characters.
  const isPlain = process.platform !== 'win32' || bytes.length === shown.length;
  try {
    const written = isPlain ? writeFully(STDOUT, bytes) : 0;
    if (written < bytes.length) await writeToStream(bytes.subarray(written));
  } catch (thrown) {
    const error = asError(thrown);
    if (!isReaderClosed(error, process.stdout.isTTY)) throw new OutputError('stdout', error);
  }
}

/**
 * Prints a text to stderr; foreign parts of it cannot control a terminal.
 *
 * @returns resolves when the system has the text, or cannot take it
 */
export function printError(text: string): Promise<void> {
  const { stderr } = process;
  return new Promise((resolve) => {
    stderr.on('error', () => undefined);
    stderr.write(printableLines(text), () => resolve());
  });
}

function writeToStream(bytes: Uint8Array): Promise<void> {
  const { stdout } = process;
  return new Promise((resolve, reject) => {
    stdout.on('error', reject);
    stdout.write(bytes, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}
