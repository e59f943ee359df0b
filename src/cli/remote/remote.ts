import { commandFailures } from '../../failures/commands.ts';
import type { SessionEvent } from '../../session/session-event.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import type { ResolvedTarget } from '../target/resolve-target.ts';
import { isContainer } from './remote-shell.ts';
import { inspectTarget, type TargetFacts } from './inspect-target.ts';

/** What happens to the connection of a session. */
export type ConnectionEvent = Extract<
  SessionEvent,
  { readonly kind: 'reconnecting' | 'reconnected' }
>;

/** What the remote commands of one run share. */
export interface Remote {
  readonly context: CommandContext;
  readonly target: ResolvedTarget;
  /** Note for the session history; undefined for none. */
  readonly reason: string | undefined;
  /** When it is aborted, all commands end at once, also those that are just being started. */
  readonly stopped: AbortSignal;
  /** Learns that a session has lost its connection, and is connected again; undefined for no listener. */
  readonly onConnectionEvent?: (event: ConnectionEvent) => void;
  /**
   * Platform and document, which are asked for once.
   *
   * @throws AwsError when AWS cannot be reached
   */
  facts(): Promise<TargetFacts>;
}

/** How a remote command ended. */
export type RemoteEnd =
  /** By itself; its own status. */
  | { readonly kind: 'exited'; readonly status: number }
  /** It could not start, or was cut off. */
  | { readonly kind: 'lost'; readonly error: Error }
  /** By {@link RemoteCommand.stop}, or by the signal of its {@link Remote}. */
  | { readonly kind: 'stopped' };

/** A command that runs on the target, in a session of its own. */
export interface RemoteCommand {
  /** Never rejects. All output was written to its streams before. */
  readonly ended: Promise<RemoteEnd>;
  /** Since when its session has a connection, in monotonic milliseconds; undefined while it has none. */
  readonly connectedSince: number | undefined;
  /**
   * Ends the session at once, also on the service. Idempotent; resolves when it has ended. The end of one that is just
   * being started is not waited for: {@link SessionGuard} sees to it when the program ends.
   */
  stop(): Promise<void>;
}

/** Creates what remote commands of one run share. */
export function createRemote({
  context,
  target,
  reason,
  stopped,
}: Pick<Remote, 'context' | 'target' | 'reason' | 'stopped'>): Remote {
  let facts: Promise<TargetFacts> | undefined;
  return {
    context,
    target,
    reason,
    stopped,
    facts() {
      const asked = (facts ??= inspectTarget(context, target));
      // AWS may be reached the next time.
      asked.catch(() => {
        if (facts === asked) facts = undefined;
      });
      return asked;
    },
  };
}

/**
 * Refuses a Windows target.
 *
 * @param what - that needs a POSIX shell there, such as `exec -i`
 * @throws CommandError for a target that is known to run Windows
 * @throws AwsError when AWS cannot be reached
 */
export async function requirePosix(remote: Remote, what: string): Promise<void> {
  if (isContainer(remote.target.id)) return;
  const { platform } = await remote.facts();
  if (platform === 'Windows') throw new CommandError(commandFailures['windows-unsupported'](what));
}
