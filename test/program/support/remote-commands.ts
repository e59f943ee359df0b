/** What a command on the target prints when it is ready for input. */
export const READY = 'ready:';

/** A command that prints which bytes it read from its terminal, in hexadecimal. */
export function readBytes(count: number): string {
  return `stty raw -echo; printf ${READY}; head -c ${count} | od -An -v -tx1 -w${count}`;
}

/** A command that prints the SHA-256 of this many bytes from its terminal. Ctrl-C still ends it. */
export function hashBytes(count: number): string {
  return `stty raw isig -echo; printf ${READY}; head -c ${count} | sha256sum`;
}

/** Bytes as `od -An -tx1` writes them. */
export function hexadecimal(bytes: Buffer): string {
  return [...bytes].map((byte) => ` ${byte.toString(16).padStart(2, '0')}`).join('');
}
