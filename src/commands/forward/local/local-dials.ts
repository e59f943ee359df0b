import { connect, type Socket } from 'node:net';
import type { ReverseForward } from '../../../cli/ports/forward.ts';
import type { Clock } from '../../../lib/clock.ts';
import { systemCode } from '../../../lib/errors/system-error.ts';
import type { ResetCode } from '../../../relay/protocol/frames.ts';

/** Connections to one local destination that are being made: a target could open many at once. */
const MAX_LOCAL_DIALS = 64;
/** How long a connection to a local destination may take, in milliseconds. */
const LOCAL_DIAL_TIMEOUT_MS = 10_000;

/** Codes of the system, as the relay has them (docs/design/relay.md#codes). */
const CODES: Readonly<Record<string, ResetCode>> = {
  ECONNREFUSED: 'refused',
  ENOENT: 'refused',
  ETIMEDOUT: 'timeout',
  EACCES: 'denied',
  ENOTFOUND: 'unresolved',
};

/** What comes of a dial: one of both, once. */
export interface DialEnd {
  readonly connected: (socket: Socket) => void;
  /** @param code - `closed` when the dials were closed before */
  readonly failed: (code: ResetCode) => void;
}

/** Makes connections to one local destination. */
export interface LocalDials {
  dial(end: DialEnd): void;
  /** Ends those that are being made. */
  close(): void;
}

export function createLocalDials(clock: Clock, to: ReverseForward['to']): LocalDials {
  const place = to.kind === 'unix' ? { path: to.path } : { host: to.host, port: Number(to.port) };
  const dialing = new Map<Socket, (code: ResetCode) => void>();
  return {
    dial({ connected, failed }) {
      if (dialing.size >= MAX_LOCAL_DIALS) {
        failed('limit');
        return;
      }
      const socket = connect({ ...place, allowHalfOpen: true, noDelay: true });
      const fail = (code: ResetCode): void => {
        timer.cancel();
        if (!dialing.delete(socket)) return;
        socket.destroy();
        failed(code);
      };
      dialing.set(socket, fail);
      const timer = clock.after(LOCAL_DIAL_TIMEOUT_MS, () => fail('timeout'));
      // Later errors are followed by the end of the connection.
      socket.on('error', (error) => fail(CODES[systemCode(error)] ?? 'unreachable'));
      socket.once('close', () => timer.cancel());
      socket.once('connect', () => {
        timer.cancel();
        if (dialing.delete(socket)) connected(socket);
      });
    },
    close() {
      for (const fail of [...dialing.values()]) fail('closed');
    },
  };
}
