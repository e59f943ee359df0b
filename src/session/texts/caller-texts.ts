import { messageOf } from '../../lib/errors/failure.ts';
import type { SessionFailure } from '../ending.ts';
import type { ListeningOn } from '../port/listen/bind.ts';

/** What the program prints about a session: each text ends with a line break, or is empty. */
export interface SessionTexts {
  /** The session starts. */
  starting(sessionId: string): string;
  /** Local programs can connect to its port. */
  portOpened(on: ListeningOn, sessionId: string): string;
  /** The first of them has connected: to a port with one stream for each connection, or a basic one. */
  connectionAccepted(port: 'multiplexed' | 'basic', sessionId: string): string;
  /** A signal ends the session, or something like one. */
  interrupted(reason: string, sessionId: string): string;
  /** The session ends as the user or the remote side wanted it. */
  exiting(sessionId: string): string;
  /** The service has closed the session, with this reason, after it had begun. */
  closedWithOutput(sessionId: string, output: string): string;
  /** The same before it had begun. */
  refusedWithOutput(sessionId: string, output: string): string;
  cannotStart(failure: SessionFailure): string;
  /** Another failure, on stderr. */
  failure(failure: SessionFailure): string;
  /** While the connection was lost, the service has ended the session. */
  timedOut(sessionId: string): string;
  /** The connection is lost, and could not be resumed, because of another failure. */
  lost(failure: SessionFailure, cause: SessionFailure): string;
  /** What callers read after {@link lost}. */
  afterLoss(sessionId: string): string;
}

/**
 * For the AWS CLI and the programs like it. IDE toolkits, Ansible, copilot and others read them: they are a
 * contract, character for character (docs/design/protocol.md#texts).
 */
export const texts: SessionTexts = {
  starting: (sessionId) => `\nStarting session with SessionId: ${sessionId}\n`,
  portOpened: (on, sessionId) =>
    `${listeningOn(on)} opened for sessionId ${sessionId}.\nWaiting for connections...\n`,
  connectionAccepted: (port, sessionId) =>
    port === 'basic'
      ? `Connection accepted for session ${sessionId}.\n`
      : `\nConnection accepted for session [${sessionId}]\n`,
  interrupted: (reason, sessionId) => `Session ${sessionId} ends: ${reason}.\n`,
  exiting: (sessionId) => `\n\nExiting session with sessionId: ${sessionId}.\n\n`,
  closedWithOutput,
  refusedWithOutput: closedWithOutput,
  cannotStart: (failure) =>
    `Cannot perform start session: ${failure.callerText ?? messageOf(failure)}\n`,
  failure: failureLine,
  timedOut,
  lost: failureLine,
  afterLoss: timedOut,
};

/** A failure as a line of its own, with the name of the program. */
export function failureLine(failure: Pick<SessionFailure, 'problem' | 'remedy'>): string {
  return `session-manager-plugin: ${messageOf(failure)}\n`;
}

/** The local side of a port: `Port 8080`. */
export function listeningOn(on: ListeningOn): string {
  return on.kind === 'tcp' ? `Port ${on.port}` : `Unix socket ${on.path}`;
}

function closedWithOutput(sessionId: string, output: string): string {
  return `\n\nSessionId: ${sessionId} : ${output}\n\n`;
}

function timedOut(sessionId: string): string {
  return `Session: ${sessionId} timed out.\n`;
}
