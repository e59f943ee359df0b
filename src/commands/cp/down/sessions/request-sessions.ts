import type { Clock } from '../../../../lib/clock.ts';
import {
  startRequestSession,
  type RequestChannel,
  type RequestSession,
  type RequestSessionEnd,
} from './request-session.ts';
import type { TargetSessions } from './target-sessions.ts';

/** Random bytes in the name of the directory on the target. */
const FIFO_DIRECTORY_NAME_BYTES = 16;

/** What sessions of requests work with. */
export interface RequestHost {
  readonly sessions: TargetSessions;
  readonly clock: Clock;
  /** Where the target keeps the FIFOs of requests: an absolute path. */
  readonly directory: string;
  /** That many random bytes, in hexadecimal. */
  readonly randomHex: (bytes: number) => string;
  /** Takes what ends in the background. */
  readonly keep: (ending: Promise<unknown>) => void;
}

/** A way for the requests of one command. */
export interface CommandRequests extends RequestChannel {
  /** Its session, which may be stuck, gets no further command. It ends when all its ways are closed. */
  retire(): void;
}

/** The sessions that pass requests on: one after the other, or several when one has no room. */
export interface RequestSessions {
  /** Opens a way for requests. `onLost` is called when its session ends. */
  openChannel(onLost: (end: RequestSessionEnd) => void): CommandRequests;
  /** Ends all. Resolves when they have ended. */
  close(): Promise<void>;
}

interface RunningSession {
  readonly session: RequestSession;
  /** One for each channel that is open. */
  readonly listeners: Set<(end: RequestSessionEnd) => void>;
  state: 'open' | 'retired';
}

/** The first channel starts a session. */
export function createRequestSessions(host: RequestHost): RequestSessions {
  const running = new Set<RunningSession>();
  const start = (): RunningSession => {
    const name = `.session-manager-cp-${host.randomHex(FIFO_DIRECTORY_NAME_BYTES)}`;
    const session = startRequestSession(host.sessions, host.clock, `${host.directory}/${name}`);
    const started: RunningSession = { session, listeners: new Set(), state: 'open' };
    running.add(started);
    void session.ended.then((end) => {
      running.delete(started);
      for (const listener of [...started.listeners]) listener(end);
    });
    return started;
  };
  const endUnused = (one: RunningSession): void => {
    if (one.state === 'retired' && one.listeners.size === 0) host.keep(one.session.close());
  };
  const listen = (
    one: RunningSession,
    channel: RequestChannel,
    onLost: (end: RequestSessionEnd) => void,
  ): CommandRequests => {
    one.listeners.add(onLost);
    return {
      ...channel,
      close() {
        one.listeners.delete(onLost);
        channel.close();
        endUnused(one);
      },
      retire() {
        one.state = 'retired';
      },
    };
  };
  return {
    openChannel(onLost) {
      for (const one of running) {
        const channel = one.state === 'open' ? one.session.openChannel() : undefined;
        if (channel !== undefined) return listen(one, channel, onLost);
      }
      const started = start();
      const channel = started.session.openChannel();
      if (channel === undefined) throw new Error('a new session has no room for a command');
      return listen(started, channel, onLost);
    },
    async close() {
      await Promise.all([...running].map(({ session }) => session.close()));
    },
  };
}
