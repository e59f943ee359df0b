import type { Server, ServerOpts, Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../logging/logger.ts';
import type { SessionTexts } from '../texts/caller-texts.ts';
import type { LocalSocket } from './connection/local-socket.ts';
import type { LocalPort } from './listen/local-port.ts';
import type { PortEvent } from './port-event.ts';

/** What a port session needs of the machine it runs on. */
export interface PortHost {
  /** That of `node:net`, but for tests. */
  readonly createServer: (
    options: ServerOpts,
    onConnection: (connection: Socket) => void,
  ) => Server;
  /** The local end of the session; not used by a stdio session. Several sessions may have the same. */
  readonly localPort: LocalPort;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The byte stream of a stdio session; not used by the others. */
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** How many more descriptors the process may open; undefined when that is not known. */
  readonly freeDescriptors: () => number | undefined;
  /** Address or name to listen on; empty for `localhost`. */
  readonly localHost: string;
  readonly presentation: {
    readonly wording: Pick<SessionTexts, 'portOpened' | 'connectionAccepted'>;
    /** Receives what happens in the session. */
    readonly onEvent: ((event: PortEvent) => void) | undefined;
  };
  /**
   * Whether the other end of a half-closed connection has closed it completely; false when the system cannot
   * determine it for certain. Never rejects.
   */
  readonly hasPeerClosed: (connection: LocalSocket) => Promise<boolean>;
  readonly platform: NodeJS.Platform;
  /** Sets the mask of permissions for new files and returns the previous one. */
  readonly umask: (mask: number) => number;
  /** Whether a file or directory of this name exists. */
  readonly exists: (path: string) => boolean;
}
