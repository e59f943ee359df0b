import { randomBytes } from 'node:crypto';
import { startCuttingRelay, type CuttingRelay } from '../gateway/cutting-relay.ts';
import type { SessionOptions } from '../local-aws-options.ts';
import { createSession, type ServiceSession } from './session.ts';
import type { LocalSession } from './local-session.ts';
import type { SessionPlan, SessionResponse, StartSessionRequest } from './session-request.ts';

/** Who has started a session, as its id shows it: the user, or Amazon ECS for the user. */
export type SessionStarter = 'local' | 'ecs-execute-command';

/** What sessions are started with. */
export interface LocalSessionsHost {
  /** Defaults of every session. */
  readonly defaults: SessionOptions;
  /** Throws for a request that AWS would refuse. */
  readonly plan: (request: StartSessionRequest) => SessionPlan;
  /** Makes the id of the n-th session, counted from 1; undefined for a random one. */
  readonly sessionId: ((nth: number) => string) | undefined;
  /** The time of the service. */
  readonly now: () => Date;
  /** The port of the gateway. */
  readonly port: () => number;
  /** The URL of a data channel, by the port that it is reached at. */
  readonly streamUrl: (sessionId: string, port: number) => string;
}

/** The sessions of the service. */
export interface LocalSessions {
  find(sessionId: string): ServiceSession | undefined;
  /** In the order of their start, ended ones included. */
  all(): readonly ServiceSession[];
  start(
    request: StartSessionRequest,
    own: SessionOptions,
    by: SessionStarter,
  ): Promise<SessionResponse>;
  /** Resolves with the next session that is started from now on. */
  next(): Promise<LocalSession>;
  /** Ends them all, and starts no more. Resolves when no process is left. */
  close(): Promise<void>;
}

/** Hexadecimal digits after the user's name in a session's id. */
const SESSION_ID_DIGITS = 17;
/** How targets in ECS containers begin. */
const CONTAINER_TARGET = 'ecs:';

/** Has no session at first. */
export function createLocalSessions(host: LocalSessionsHost): LocalSessions {
  const sessions = new Map<string, ServiceSession>();
  const relays: CuttingRelay[] = [];
  let state: 'open' | 'closed' = 'open';
  let awaiting: ((session: LocalSession) => void)[] = [];
  /** Where the gateway is reached: connections that a test cuts go through a relay. */
  const portFor = async ({ cuts = [] }: NonNullable<SessionOptions['faults']>): Promise<number> => {
    if (cuts.length === 0) return host.port();
    const relay = await startCuttingRelay(host.port(), cuts);
    relays.push(relay);
    return relay.port;
  };
  return {
    find: (sessionId) => sessions.get(sessionId),
    all: () => [...sessions.values()],
    async start(request, own, by) {
      if (state === 'closed') throw new Error('the local target is closed');
      const plan = host.plan(request);
      const { agent, ...options } = { ...host.defaults, ...own };
      const { faults = {}, lifetime, streamUrlQuery = '' } = options;
      const port = await portFor(faults);
      const sessionId = host.sessionId?.(sessions.size + 1) ?? randomSessionId(by);
      const url = host.streamUrl(sessionId, port);
      const session = createSession({
        ...{ sessionId, request, plan, faults, lifetime },
        agent: {
          container: request.Target.startsWith(CONTAINER_TARGET),
          ...host.defaults.agent,
          ...agent,
        },
        startedAt: host.now(),
        streamUrl: (nth) =>
          `${url}?role=publish_subscribe&cell-number=local-${nth}` +
          (streamUrlQuery === '' ? '' : `&${streamUrlQuery}`),
      });
      sessions.set(sessionId, session);
      const waiting = awaiting;
      awaiting = [];
      for (const resolve of waiting) resolve(session);
      return session.response;
    },
    next: () =>
      new Promise((resolve) => {
        awaiting.push(resolve);
      }),
    async close() {
      state = 'closed';
      await Promise.all([...sessions.values()].map((session) => session.close()));
      for (const relay of relays) relay.close();
    },
  };
}

function randomSessionId(by: SessionStarter): string {
  return `${by}-${randomBytes(SESSION_ID_DIGITS).toString('hex').slice(0, SESSION_ID_DIGITS)}`;
}
