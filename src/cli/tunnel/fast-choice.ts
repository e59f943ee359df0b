import { findLogs, checkLoggedAccount } from '../account-logs/logged-account.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { tunnelFailures } from '../../failures/tunnels.ts';
import { ALWAYS, type FastMode } from './fast-mode.ts';

/** Whether the ports of a command use fast tunnels, from now on. */
export interface FastChoice {
  /** With `auto`: false once a port could not have one. */
  readonly isWanted: boolean;
  /** With `auto`: uses the agent's ports from now on, and reports it once. Undefined: a failure is one. */
  readonly fallBack: ((problem: string) => void) | undefined;
}

/** What a target or an account lacks for a fast tunnel, but perhaps not for a port. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  'access-denied',
  'access-request-needed',
  'access-requested',
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

/** Whether there is no fast tunnel to this target, while the agent's ports may work. */
export function isUnsupported({ code }: { readonly code: string }): boolean {
  return UNSUPPORTED.has(code);
}

/** What the user has asked for. */
export interface FastRequest {
  readonly mode: FastMode;
  /** Also where the account logs what sessions show. */
  readonly allowLogged: boolean;
  /** The user on the target, by sudo; undefined for that of the session. */
  readonly user: string | undefined;
}

/**
 * Chooses before anything is started. The agent's ports have a user of their own: who asks for another one gets a tunnel or a
 * failure.
 *
 * @throws CommandError where the account logs sessions, and the user does not want that
 * @throws AwsError when AWS cannot be reached
 */
export async function chooseFast(
  context: CommandContext,
  { mode, allowLogged, user }: FastRequest,
): Promise<FastChoice> {
  const isNeeded = mode === ALWAYS || user !== undefined;
  if (isNeeded || allowLogged) {
    await checkLoggedAccount(context, TUNNELED, allowLogged);
  }
  if (isNeeded) return { isWanted: true, fallBack: undefined };
  let isWanted = true;
  const fallBack = (problem: string): void => {
    if (!isWanted) return;
    isWanted = false;
    context.output.notify(`${problem} The ports of the agent are used instead.`);
  };
  const where = allowLogged ? undefined : await findLogs(context);
  if (where !== undefined) {
    fallBack(`This account logs sessions to ${where}, also what goes through a fast tunnel.`);
  }
  return {
    get isWanted() {
      return isWanted;
    },
    fallBack,
  };
}

const TUNNELED = {
  what: 'what goes through the tunnel',
  question: 'Use a fast tunnel all the same?',
  refusal: tunnelFailures['tunnel-logged'],
};
