import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { createRestartPace, type RestartPace } from '../../../cli/run/start/restart-pace.ts';
import type { Forward } from '../../../cli/ports/parse-forward.ts';
import { nextEnding } from '../../../cli/process/signals/command-signals.ts';
import {
  chooseFast,
  isUnsupported,
  type FastChoice,
  type FastRequest,
} from '../../../cli/tunnel/fast-choice.ts';
import { ALWAYS } from '../../../cli/tunnel/fast-mode.ts';
import { tunnelFailureOf } from '../../../cli/tunnel/tunnel-failure.ts';
import {
  createTunnelKeepers,
  type TunnelKeeper,
  type TunnelsOptions,
} from '../../../cli/tunnel/tunnel-keeper.ts';
import { tunnelFailures } from '../../../failures/tunnels.ts';
import { SessionError } from '../../../lib/errors/session-error.ts';
import { SIGNAL_STATUS } from '../../../session/signal-status.ts';
import { failedAs, type SessionOutcome } from '../sessions/next-step.ts';
import type { PortListener, PortSession, SessionPolicy } from '../sessions/port-session.ts';
import { joinTunnel } from './join-tunnel.ts';
import type { Fast } from './load-fast.ts';

/** Runs a session of a port to its end. */
type RunSession = (session: PortSession) => Promise<SessionOutcome>;

/** What the tunnels of all ports of a command are opened with. */
export interface FastPortsOptions extends Pick<TunnelsOptions, 'reason' | 'target'> {
  readonly policy: Pick<SessionPolicy, 'count' | 'onDemand'>;
  /** The ports of the command. */
  readonly forwards: readonly Forward[];
}

/** One port that uses them. */
export interface FastPort {
  readonly forward: Forward;
  readonly listener: PortListener;
  readonly warn: (text: string) => void;
  /** Runs a session with a port of the agent. */
  readonly runPlain: RunSession;
}

/** Chooses fast tunnels for all ports of a command: each place of their sessions has one, which the ports share. */
export async function chooseFastPorts(
  context: CommandContext,
  request: FastRequest,
  { reason, target, policy, forwards }: FastPortsOptions,
): Promise<Fast> {
  // Where the agent can forward no port, nothing can be used instead: the failure has the reason.
  const hasOthers = forwards.some(({ relayed }) => relayed === undefined);
  const choice = await chooseFast(context, hasOthers ? request : { ...request, mode: ALWAYS });
  const keepers = createTunnelKeepers(
    {
      context,
      what: 'forward --fast',
      reason,
      user: request.user,
      target,
      startsLater: policy.onDemand,
    },
    policy.count,
  );
  const reported = new Set<string>();
  return {
    choice,
    paceOf: (place) =>
      paceOf(choice, keepers[place]?.pace, createRestartPace(context.random.uniform)),
    createRunner: (port) => async (session) => {
      const keeper = keepers[session.place];
      if (!choice.isWanted || keeper === undefined) return port.runPlain(session);
      try {
        return await useTunnel(context, keeper, port, session);
      } catch (error) {
        const { reason: why, ...failure } = tunnelFailureOf(error);
        if (choice.fallBack === undefined || !isUnsupported(failure)) {
          return failedAs(why, failure);
        }
        choice.fallBack(failure.problem);
        session.acquired.signals.buffer();
        return port.runPlain(session);
      }
    },
    isNew(message) {
      if (reported.has(message)) return false;
      reported.add(message);
      return true;
    },
  };
}

/** @param own - for the sessions that are used when a tunnel is not possible */
function paceOf(
  choice: FastChoice,
  shared: RestartPace | undefined,
  own: RestartPace,
): RestartPace {
  const current = (): RestartPace => (choice.isWanted ? (shared ?? own) : own);
  return {
    succeeded: () => current().succeeded(),
    failed: (now, hasJoined) => current().failed(now, hasJoined),
    pauseMs: (now) => current().pauseMs(now),
  };
}

/** @throws AwsError, CommandError or SessionError when the tunnel cannot be opened, or is lost */
async function useTunnel(
  context: CommandContext,
  keeper: TunnelKeeper,
  { forward, listener, warn }: FastPort,
  { localPort, acquired, onEvent, onTarget }: PortSession,
): Promise<SessionOutcome> {
  const interrupted = nextEnding(acquired.signals, context.sessions.signals.hangUpEnds).then(
    (name) => SIGNAL_STATUS[name],
  );
  const use = keeper.use();
  try {
    const tunnel = await Promise.race([interrupted, use.opened]);
    if (typeof tunnel === 'number') return { kind: 'ended', status: tunnel };
    if (tunnel === undefined) throw new SessionError(tunnelFailures['tunnel-ended'](''));
    onTarget(tunnel.target);
    const joined = joinTunnel(tunnel, { forward, localPort, listener, onEvent, warn });
    try {
      const end = await Promise.race([interrupted, joined.ended, tunnel.ended]);
      // A signal ends a port that serves, as it ends a session of it.
      if (end === undefined || typeof end === 'number') return { kind: 'ended', status: 0 };
      throw end;
    } finally {
      joined.leave();
    }
  } finally {
    await use.release();
  }
}
