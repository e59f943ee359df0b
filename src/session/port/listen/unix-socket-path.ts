import { portFailures } from '../../../failures/ports.ts';
import { ListenError } from './listen-error.ts';

/**
 * Bytes of a path that fit into `sun_path` with the NUL at its end (unix(7), 108 bytes on Linux; 104 on
 * the BSDs and macOS). The runtime would truncate a longer path and listen on another one.
 */
const LINUX_PATH_LIMIT_BYTES = 107;
const BSD_PATH_LIMIT_BYTES = 103;

/** The beginning of a named pipe, on which the runtime listens on Windows instead of a unix socket. */
const NAMED_PIPE = /^[\\/]{2}[.?][\\/]pipe[\\/]./i;

/**
 * Refuses a path that cannot be the name of a unix socket, on Windows of a named pipe.
 *
 * @throws ListenError with the number of bytes and the limit, or with a valid example
 */
export function assertSocketPathFits(path: string, platform: NodeJS.Platform): void {
  if (platform === 'win32') {
    if (NAMED_PIPE.test(path)) return;
    throw new ListenError(
      portFailures['socket-not-a-pipe'](path),
      String.raw`listen unix ${path}: bind: not supported on Windows: name a pipe, such as \\.\pipe\NAME`,
    );
  }
  const limit = platform === 'linux' ? LINUX_PATH_LIMIT_BYTES : BSD_PATH_LIMIT_BYTES;
  const length = Buffer.byteLength(path);
  if (length <= limit) return;
  throw new ListenError(
    portFailures['socket-path-too-long'](path, length, limit),
    `listen unix ${path}: bind: invalid argument (the path has ${length} bytes, the system allows ${limit})`,
  );
}
