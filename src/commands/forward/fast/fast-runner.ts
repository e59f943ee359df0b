import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import { isCommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import type { FailureReason } from '../../../cli/run/json-failures.ts';
import type { Forward } from '../../../cli/ports/parse-forward.ts';
import { nextEnding } from '../../../cli/process/signals/command-signals.ts';
import { createRemote, requirePosix } from '../../../cli/remote/remote.ts';
import { openTunnel } from '../../../cli/tunnel/open-tunnel.ts';
import { isSessionError } from '../../../lib/errors/session-error.ts';
import type { SessionFailure } from '../../../session/ending.ts';
import { SIGNAL_STATUS } from '../../../session/signal-status.ts';
import { failedAs, type SessionOutcome } from '../sessions/next-step.ts';
import type { PortListener, PortSession } from '../sessions/port-session.ts';
import type { FastChoice } from './fast-choice.ts';
import { joinTunnel } from './join-tunnel.ts';

/** Runs a session of a port to its end. */
type RunSession = (session: PortSession) => Promise<SessionOutcome>;

/** What the fast tunnels of a port are run with. */
export interface FastRunnerOptions {
  readonly context: CommandContext;
  readonly choice: FastChoice;
  readonly forward: Forward;
  readonly reason: string | undefined;
  readonly listener: PortListener;
  readonly warn: (text: string) => void;
  /** The target of the next tunnel. */
  readonly target: (isLater: boolean) => string | Promise<string>;
  /** Runs a session with a port of the agent. */
  readonly runPlain: RunSession;
}

/** What a target or an account lacks for a fast tunnel, but perhaps not for a port. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  'access-denied',
  'document-not-found',
  'document-refused',
  'document-without-status',
  'parameters-refused',
  'target-not-posix',
  'terminal-not-raw',
  'tunnel-without-directory',
  'tunnel-without-fifo',
  'tunnel-without-interpreter',
  'windows-unsupported',
]);

/** @returns runs fast tunnels of the port to their ends: the two sessions of one are started again together */
export function createFastRunner(options: FastRunnerOptions): RunSession {
  const { choice, runPlain } = options;
  return async (session) => {
    if (!choice.isWanted) return runPlain(session);
    try {
      return await runTunnel(options, session);
    } catch (error) {
      const { reason, ...failure } = failureOf(error);
      if (choice.fallBack === undefined || !UNSUPPORTED.has(failure.code)) {
        return failedAs(reason, failure);
      }
      choice.fallBack(failure.problem);
      session.acquired.signals.buffer();
      return runPlain(session);
    }
  };
}

/** @throws AwsError, CommandError or SessionError when it cannot be opened, or is lost */
async function runTunnel(
  { context, forward, reason, listener, warn, target }: FastRunnerOptions,
  { localPort, acquired, isLater, onEvent, onTarget }: PortSession,
): Promise<SessionOutcome> {
  const signal = nextEnding(acquired.signals, context.sessions.signals.hangUpEnds);
  const interrupted = signal.then((name) => SIGNAL_STATUS[name]);
  const stopped = new AbortController();
  void signal.then(() => stopped.abort());
  const id = await Promise.race([target(isLater), interrupted]);
  if (typeof id === 'number') return { kind: 'ended', status: id };
  onTarget(id);
  const remote = createRemote({
    context,
    target: { id, title: id, node: undefined },
    reason,
    stopped: stopped.signal,
  });
  await requirePosix(remote, 'forward --fast');
  const tunnel = await openTunnel(remote, undefined);
  if (tunnel === undefined) return { kind: 'ended', status: await interrupted };
  const joined = joinTunnel(tunnel, { forward, localPort, listener, onEvent, warn });
  try {
    const end = await Promise.race([interrupted, joined.ended, tunnel.ended]);
    // A signal ends a port that serves, as it ends a session of it.
    if (end === undefined || typeof end === 'number') return { kind: 'ended', status: 0 };
    throw end;
  } finally {
    joined.leave();
    await tunnel.stop();
  }
}

/** @throws what is no failure of a tunnel */
function failureOf(error: unknown): SessionFailure & { readonly reason: FailureReason } {
  if (isAwsError(error) || isCommandError(error) || isSessionError(error)) {
    const { reason, code, problem, remedy } = error;
    return { reason, code, problem, remedy };
  }
  throw error;
}
