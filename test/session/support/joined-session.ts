import type { Writable } from 'node:stream';
import type { AgentLimit } from '../../../src/session/handshake/agent-wait.ts';
import type { RequestedKind } from '../../../src/session/handshake/requested-kind.ts';
import type { SessionEvent } from '../../../src/session/session-event.ts';
import type { SessionService } from '../../../src/session/session-service.ts';
import { runSession } from '../../../src/session/session.ts';
import { joinAgent, type MemoryAgent } from './memory-agent.ts';
import { createScriptedHost, type ScriptedHost } from './scripted-host.ts';
import { settle } from '../connection/scripted-sockets.ts';
import { SESSION_OPTIONS } from './session-options.ts';
import type { SessionFailure } from '../../../src/session/ending.ts';

/** A session that is connected, and the agent at its other end. */
export interface JoinedSession extends Omit<ScriptedHost, 'host' | 'stdout' | 'stderr'> {
  readonly agent: MemoryAgent;
  /** The text that was written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exitCode: Promise<number>;
  /** How often the service was asked to end the session. */
  readonly terminated: () => number;
  /** The events that a listener received; there is one only with `listens`. */
  readonly events: readonly SessionEvent[];
}

/** What differs from a session without input. */
export interface JoinOptions {
  readonly interactive?: boolean;
  readonly encryptionRefusal?: SessionFailure;
  readonly agentAbsenceLimit?: AgentLimit;
  readonly documentName?: string;
  /** Unknown by default. */
  readonly requested?: RequestedKind;
  readonly service?: Partial<SessionService>;
  /** Whether there is a listener to the session's events. */
  readonly listens?: boolean;
  /** Whether SIGHUP ends the session; it does by default. */
  readonly hangUpEnds?: boolean;
  /** In place of a stdout that takes everything. */
  readonly outputTo?: Writable;
}

/** Starts a session and resolves when its connection is open; the agent has sent nothing yet. */
export async function joinSession(options: JoinOptions = {}): Promise<JoinedSession> {
  const events: SessionEvent[] = [];
  let terminated = 0;
  const { host, ...scripted } = createScriptedHost({
    interactive: options.interactive ?? false,
    hangUpEnds: options.hangUpEnds ?? true,
    ...(options.outputTo === undefined ? {} : { stdout: options.outputTo }),
    service: {
      terminateSession: () => {
        terminated++;
        return Promise.resolve();
      },
      ...options.service,
    },
  });
  const exitCode = runSession(
    {
      ...SESSION_OPTIONS,
      session: { ...SESSION_OPTIONS.session, documentName: options.documentName ?? '' },
      encryptionRefusal: options.encryptionRefusal,
      agentAbsenceLimit: options.agentAbsenceLimit,
      requested: options.requested ?? SESSION_OPTIONS.requested,
    },
    options.listens === true
      ? {
          ...host,
          presentation: { ...host.presentation, onEvent: (event) => events.push(event) },
        }
      : host,
  );
  await settle();
  return {
    ...scripted,
    agent: joinAgent(scripted.sockets.last()),
    stdout: () => scripted.stdout().toString(),
    stderr: () => scripted.stderr().toString(),
    exitCode,
    terminated: () => terminated,
    events,
  };
}
