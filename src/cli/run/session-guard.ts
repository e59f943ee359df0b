import type { Aws, SessionCalls, SessionRequest, StartedSession } from '../../aws/aws.ts';
import type { Clock } from '../../lib/clock.ts';
import { errorText } from '../../lib/errors/error-text.ts';
import { withTimeout } from '../../lib/with-timeout.ts';

/** Time limit for terminating the sessions of a command that ends. */
const TERMINATE_ALL_TIMEOUT_MS = 2_000;

/** Records the sessions that a command has started and that have not begun here yet. */
export interface SessionGuard {
  /** The same calls; the sessions that they start are recorded. */
  guard(calls: Aws): Aws;
  /** The session has begun: it ends itself on the service from now on. */
  release(sessionId: string): void;
  /**
   * Terminates the sessions that have not begun, and those that are just being started, so that none
   * stays open on the service. Waits for it within a limit, once for each session. Never rejects.
   *
   * @param abandoned - resolves when the waiting stops at once; undefined for never
   */
  terminateAll(abandoned?: Promise<unknown>): Promise<void>;
  /** The same for the session that was requested with this object alone: others of the command continue. */
  terminate(request: SessionRequest, abandoned?: Promise<unknown>): Promise<void>;
}

interface Unattended {
  readonly calls: SessionCalls;
  readonly request: SessionRequest;
  isWanted: boolean;
  /** StartSession may have reached the service. */
  isSent: boolean;
  /** Undefined before StartSession has been answered. */
  sessionId: string | undefined;
  starting: Promise<StartedSession>;
  /** TerminateSession, once it was called. */
  ending: Promise<void> | undefined;
}

/** @param log - takes which session is abandoned, and why one could not be terminated, a line each */
export function createSessionGuard(clock: Clock, log: (text: string) => void): SessionGuard {
  const unattended = new Set<Unattended>();

  const find = (sessionId: string): Unattended | undefined =>
    [...unattended].find((session) => session.sessionId === sessionId);

  const start = async (calls: SessionCalls, request: SessionRequest): Promise<StartedSession> => {
    const onSend = (): void => {
      if (!session.isWanted) throw new Error('the session is no longer needed');
      session.isSent = true;
    };
    const session: Unattended = {
      calls,
      request,
      isWanted: true,
      isSent: false,
      sessionId: undefined,
      starting: calls.startSession({ ...request, onSend }),
      ending: undefined,
    };
    unattended.add(session);
    try {
      const started = await session.starting;
      session.sessionId = started.sessionId;
      return started;
    } catch (error) {
      unattended.delete(session);
      throw error;
    }
  };

  const end = async (session: Unattended, sessionId: string): Promise<void> => {
    session.ending ??= session.calls.terminateSession(sessionId);
    await session.ending;
    unattended.delete(session);
  };

  const terminateOne = async (session: Unattended): Promise<void> => {
    if (session.isWanted) log(`${session.sessionId ?? 'a session'} is no longer needed`);
    session.isWanted = false;
    if (!session.isSent) return;
    try {
      await end(session, (await session.starting).sessionId);
    } catch (error) {
      log(`could not end it: ${errorText(error)}`);
    }
  };

  const terminateEach = async (
    sessions: readonly Unattended[],
    abandoned: Promise<unknown> | undefined,
  ): Promise<void> => {
    const ended: Promise<unknown> = Promise.all(sessions.map(terminateOne));
    const work = abandoned === undefined ? ended : Promise.race([ended, abandoned]);
    await withTimeout<unknown>(clock, TERMINATE_ALL_TIMEOUT_MS, work, () => undefined);
    for (const session of sessions) unattended.delete(session);
  };

  return {
    guard: (calls) => ({
      ...calls,
      startSession: (request) => start(calls, request),
      terminateSession(sessionId) {
        const session = find(sessionId);
        return session === undefined ? calls.terminateSession(sessionId) : end(session, sessionId);
      },
    }),
    release(sessionId) {
      const session = find(sessionId);
      if (session !== undefined) unattended.delete(session);
    },
    terminateAll: (abandoned) => terminateEach([...unattended], abandoned),
    terminate(wanted, abandoned) {
      const sessions = [...unattended].filter(({ request }) => request === wanted);
      return terminateEach(sessions, abandoned);
    },
  };
}
