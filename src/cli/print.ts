import { writeSync } from 'node:fs';

const STDOUT = 1;

/**
 * Prints a short text. It goes out without the stream machinery, which costs more than a whole run
 * without a session; a full pipe is waited for by the stream, which also knows what to do with a
 * closed one.
 *
 * @returns resolves when the text is with the system, or never can be
 */
export async function print(text: string): Promise<void> {
  // A Windows console reads bytes in its own code page; the stream hands it characters.
  const isPlain = process.platform !== 'win32' || Buffer.byteLength(text) === text.length;
  if (isPlain && wroteDirectly(text)) return;
  const { stdout } = process;
  stdout.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    stdout.write(text, () => resolve());
  });
}

function wroteDirectly(text: string): boolean {
  try {
    writeSync(STDOUT, text);
    return true;
  } catch {
    return false;
  }
}
