import type { SessionRequest } from '../../aws/aws.ts';
import type { AwsCredentials, CredentialsSource } from '../../aws/credentials/credentials.ts';
import { keepCredentials } from '../../aws/credentials/keep-credentials.ts';
import { AwsError } from '../../aws/sdk/aws-error.ts';
import type { RunAws } from '../../aws/session-aws.ts';
import { accessFailures } from '../../failures/access.ts';
import { printable } from '../../lib/printable.ts';
import type { AccessOptions } from '../framework/access-options.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { timeText } from '../framework/wait-time.ts';
import { pauseUnlessInterrupted } from '../target/ready/pause.ts';

/** Between two questions about a request, in milliseconds: people take minutes to answer it. */
const ACCESS_POLL_MS = 5_000;
const ENDED = { Rejected: 'was rejected', Revoked: 'was revoked', Expired: 'has expired' } as const;

/** The access that the sessions of a command have from the start. */
export type GivenAccess = Exclude<AccessOptions, { readonly kind: 'offered' }>;

/** Just-in-time access of a command: its sessions use the credentials of a request, all other calls those of the user. */
export interface SessionAccess {
  /**
   * Gets the access for a session before it is started: the user sees the wait, and Ctrl-C ends it.
   *
   * @throws AwsError when there is none
   */
  prepare(request: SessionRequest): Promise<void>;
  /** AWS with the calls of sessions, and the credentials that they sign with. */
  readonly run: RunAws;
}

/**
 * @param own - AWS with the credentials of the user
 * @param withCredentials - makes AWS with others
 */
export async function createSessionAccess(
  context: CommandContext,
  access: GivenAccess,
  own: RunAws,
  withCredentials: (credentials: CredentialsSource) => Promise<RunAws>,
): Promise<SessionAccess> {
  const { clock, output } = context;
  let id = access.kind === 'granted' ? access.id : '';
  let title = '';
  let granted: AwsCredentials | undefined;
  let asked: { readonly target: string; readonly id: Promise<string> } | undefined;

  const token = async (): Promise<AwsCredentials> => {
    const until = clock.monotonic() + access.waitMs;
    let endReport: (() => void) | undefined;
    try {
      for (;;) {
        const answer = await own.aws.accessToken(id);
        if (answer.state === 'Approved') return (granted = answer.credentials);
        const shown = printable(id);
        if (answer.state !== 'Pending') {
          throw new AwsError(
            accessFailures['access-not-granted'](title, shown, ENDED[answer.state]),
          );
        }
        if (clock.monotonic() >= until) {
          const limit = timeText(access.waitMs);
          throw new AwsError(accessFailures['access-pending'](title, shown, limit));
        }
        endReport ??= context.waits.report({
          name: `the approval of access request ${shown}`,
          place: own.options.region,
        });
        await pauseUnlessInterrupted(context, ACCESS_POLL_MS);
      }
    } finally {
      endReport?.();
    }
  };
  const credentials = keepCredentials(clock, async () => ({
    credentials: await token(),
    isStatic: false,
  }));
  const request = async (target: string, reason: string): Promise<string> => {
    if (reason === '') throw new AwsError(accessFailures['access-reason-missing']());
    const requested = await own.aws.requestAccess(target, reason);
    output.notify(`Requested access to ${title}: ${printable(requested)}.`);
    return requested;
  };
  const { aws } = await withCredentials(credentials);
  return {
    async prepare({ target, targetTitle = printable(target), reason: ofSession = '' }) {
      title = targetTitle;
      if (access.kind === 'requested') {
        const { reason = ofSession } = access;
        // A name may be that of another node later, when an instance was replaced.
        if (asked?.target !== target) {
          if (granted !== undefined) credentials.discard(granted);
          asked = { target, id: request(target, reason) };
          // The next session makes it again.
          asked.id.catch(() => (asked = undefined));
        }
        id = await asked.id;
      }
      await credentials.get(noSdk);
    },
    run: {
      aws: {
        ...own.aws,
        startSession: (session) => aws.startSession(session),
        resumeSession: (sessionId) => aws.resumeSession(sessionId),
        terminateSession: (sessionId) => aws.terminateSession(sessionId),
        generateDataKey: (request) => aws.generateDataKey(request),
      },
      options: { ...own.options, credentials },
    },
  };
}

function noSdk(): never {
  throw new Error('the credentials of an access request need no other source');
}
