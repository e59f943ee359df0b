import { findLogs, checkLoggedAccount } from '../account-logs/logged-account.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { tunnelFailures } from '../../failures/tunnels.ts';
import { ALWAYS, type FastMode } from './fast-mode.ts';

/** Whether the ports of a command use fast tunnels. */
export interface FastChoice {
  /** With `auto`: false once a tunnel was not possible. */
  readonly isWanted: boolean;
  /** With `auto`: switches to the agent's ports, and reports that once. Undefined if a tunnel is required. */
  readonly fallBack: ((problem: string) => void) | undefined;
}

/** Codes of failures that prevent a fast tunnel, but perhaps not a port of the agent. */
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

/** Whether a failure means that a fast tunnel is not possible, while the agent's ports may work. */
export function isUnsupported({ code }: { readonly code: string }): boolean {
  return UNSUPPORTED.has(code);
}

/** The options of the user. */
export interface FastRequest {
  readonly mode: FastMode;
  /** Use a tunnel also if the account logs the output of sessions. */
  readonly allowLogged: boolean;
  /** Whom the relay runs as on the target, by sudo; undefined for the user of the session. */
  readonly user: string | undefined;
}

/**
 * Chooses before anything is started. The agent's ports cannot run as another user, so with `user`, a tunnel is required.
 *
 * @throws CommandError if the account logs sessions, and the user has not allowed that
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
