import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { startAgent } from '../agent/agent.ts';
import type { AgentOptions } from '../agent/agent-options.ts';
import { createConditions } from '../conditions.ts';
import { createFaultLine, type DirectionFaults, type FaultLine, type Faults } from '../faults.ts';
import { replaceConnection, type ClientConnectionEvents } from '../gateway/client-connection.ts';
import type { GatewaySession, GatewayState } from '../gateway/gateway.ts';
import { channelClosedFrame } from '../gateway/service-messages.ts';
import { createSessionRoute } from '../gateway/session-route.ts';
import type { LocalSession, ResumeBehaviour } from './local-session.ts';
import { watchLifetime, type SessionLifetime } from './session-lifetime.ts';
import { newSessionRecord, type ConnectionRecord, type SessionEnd } from './session-record.ts';
import { randomOf, type Random } from '../../support/random.ts';
import type { SessionPlan, SessionResponse, StartSessionRequest } from './session-request.ts';

const TOKEN_BYTES = 48;
/** Close code of an ordinary end (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;
const DEFAULT_SEED = 1;

/** What a session is made of. */
export interface SessionSetUp {
  readonly sessionId: string;
  readonly request: StartSessionRequest;
  readonly plan: SessionPlan;
  readonly agent: AgentOptions;
  readonly faults: Faults;
  readonly startedAt: Date;
  /** Undefined for a session that the service does not end by itself. */
  readonly lifetime: SessionLifetime | undefined;
  /** The stream URL of the n-th StartSession or ResumeSession of this session. */
  readonly streamUrl: (nth: number) => string;
}

/** A session with what the service itself needs of it. */
export interface ServiceSession extends LocalSession, GatewaySession {
  readonly startedAt: Date;
  /** Undefined while it is open. */
  readonly endedAt: Date | undefined;
  /** What ResumeSession is to answer now. */
  resume(): SessionResponse | Exclude<ResumeBehaviour, { kind: 'normal' | 'ended' }>;
  terminateBy(end: SessionEnd): void;
  /** Ends the session without a message; resolves when nothing of it is left. */
  close(): Promise<void>;
}

/** Starts a session: its agent, and the route on which the client is awaited. */
export function createSession(setUp: SessionSetUp): ServiceSession {
  const { sessionId, request, faults, startedAt } = setUp;
  const random = randomOf(faults.seed ?? DEFAULT_SEED);
  const record = newSessionRecord();
  const conditions = createConditions();
  let issued = 0;
  let response: SessionResponse;
  let tokenExpired = false;
  let end: SessionEnd | undefined;
  let endedAt: Date | undefined;
  let agentEnd: SessionEnd | undefined;
  let gatewayState: GatewayState = 'up';
  let resumeBehaviour: ResumeBehaviour = { kind: 'normal' };
  let resumeTimes = 0;
  let resolveClosed: (end: SessionEnd) => void;
  const closed = new Promise<SessionEnd>((resolve) => {
    resolveClosed = resolve;
  });

  const issue = (): SessionResponse => {
    tokenExpired = false;
    response = {
      SessionId: sessionId,
      TokenValue: randomBytes(TOKEN_BYTES).toString('base64'),
      StreamUrl: setUp.streamUrl(issued++),
    };
    return response;
  };
  const over = (how: SessionEnd): void => {
    if (end !== undefined) return;
    end = how;
    endedAt = new Date();
    lifetime?.stop();
    conditions.changed();
    void agent.terminate().then(() => {
      toAgent.close();
      conditions.close();
      resolveClosed(how);
    });
  };
  const lifetime =
    setUp.lifetime &&
    watchLifetime(sessionId, setUp.lifetime, (output) => session.terminate(output));
  const toAgent = faultLine(faults.toAgent, random, (frame) => agent.receive(frame));
  const toClient = faultLine(faults.toClient, random, (frame) => route.connection?.send(frame));
  const route = createSessionRoute({
    agent: () => agent,
    carryToAgent: (frame) => toAgent.send(frame),
    carryToClient: (frame) => toClient.send(frame),
  });
  response = issue();
  const agent = startAgent({
    sessionId,
    target: request.Target,
    plan: setUp.agent.offers ?? setUp.plan,
    options: setUp.agent,
    record,
    changed: () => conditions.changed(),
    link: {
      send(frame) {
        lifetime?.passed(frame);
        route.fromAgent(frame);
      },
      get congested() {
        return route.congested;
      },
      pauseReceiving() {
        record.receivingPaused = true;
        route.pauseClient();
        conditions.changed();
      },
      resumeReceiving() {
        record.receivingPaused = false;
        route.resumeClient();
        conditions.changed();
      },
      sessionState(output) {
        toClient.send(channelClosedFrame(sessionId, output, Date.now()));
        over(agentEnd ?? { by: 'remote', output });
      },
    },
    ended(how) {
      agentEnd = how;
    },
  });

  const opened = (connected: ConnectionRecord, webSocket: WebSocket, network: Duplex): void => {
    record.connections.push(connected);
    conditions.changed();
    if (!connected.accepted || end !== undefined) return;
    const events: ClientConnectionEvents = {
      frame(frame) {
        record.framesFromClient++;
        lifetime?.passed(frame);
        route.fromClient(frame);
        conditions.changed();
      },
      ping() {
        record.pings++;
        conditions.changed();
      },
      tooManyMessages() {
        record.rateCuts++;
      },
      stalled: () => route.stalled(),
      drained: () => route.drained(),
      lost() {
        route.disconnect(connection);
        conditions.changed();
      },
    };
    const connection = replaceConnection(webSocket, network, events, faults);
    route.connect(connection);
    conditions.changed();
  };

  const session: ServiceSession = {
    sessionId,
    request,
    record,
    closed,
    startedAt,
    get response() {
      return response;
    },
    get end() {
      return end;
    },
    get endedAt() {
      return endedAt;
    },
    get clientConnected() {
      return route.connection !== undefined;
    },
    get gatewayState() {
      return gatewayState;
    },
    until: (what, condition) => conditions.until(what, () => condition(session)),
    isTokenValid: (token) => end === undefined && token === response.TokenValue && !tokenExpired,
    expireToken() {
      tokenExpired = true;
    },
    opened,
    cutClient: () => route.connection?.cut(),
    closeWithBye: () => route.connection?.close(NORMAL_CLOSURE, 'Bye'),
    freezeClient: () => route.connection?.freeze(),
    cutAgent: () => route.cutAgent(),
    joinAgent: () => route.joinAgent(),
    delayPublication: () => route.buffer(),
    releasePublication: () => route.release(),
    sendToClient: (frame) => route.connection?.send(frame),
    terminate: (output = '') => session.terminateBy({ by: 'service', output }),
    answerResume(behaviour, times = Infinity) {
      resumeBehaviour = behaviour;
      resumeTimes = times;
    },
    setGateway(state) {
      gatewayState = state;
    },
    resume() {
      record.resumeCalls++;
      conditions.changed();
      const behaviour: ResumeBehaviour = resumeTimes-- > 0 ? resumeBehaviour : { kind: 'normal' };
      switch (behaviour.kind) {
        case 'normal':
          return end === undefined ? issue() : endedResponse(sessionId);
        case 'ended':
          return endedResponse(sessionId);
        case 'down':
        case 'silent':
        case 'error':
          return behaviour;
      }
    },
    terminateBy(how) {
      if (end !== undefined) return;
      toClient.send(channelClosedFrame(sessionId, how.output, Date.now()));
      over(how);
    },
    async close() {
      const closing = agent.close();
      over({ by: 'shutdown', output: '' });
      await Promise.all([closing, closed]);
      toClient.close();
      route.connection?.cut();
    },
  };
  return session;
}

function endedResponse(sessionId: string): SessionResponse {
  return { SessionId: sessionId, TokenValue: '', StreamUrl: '' };
}

/** A line without faults costs nothing on the way. */
function faultLine(
  faults: DirectionFaults | undefined,
  random: Random,
  arrive: (frame: Buffer) => void,
): FaultLine {
  if (faults !== undefined) return createFaultLine(faults, random, arrive);
  return { send: arrive, close: () => undefined };
}
