import type { SessionRequest } from '../../aws/aws.ts';
import type { AwsCredentials, CredentialsSource } from '../../aws/credentials/credentials.ts';
import { explainRefusal } from '../../aws/credentials/explain-refusal.ts';
import { keepCredentials } from '../../aws/credentials/keep-credentials.ts';
import { AwsError, isAwsError } from '../../aws/sdk/aws-error.ts';
import type { RunAws } from '../../aws/session-aws.ts';
import { accessFailures } from '../../failures/access.ts';
import { printable } from '../../lib/printable.ts';
import type { AccessOptions } from '../framework/access-options.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { timeText } from '../framework/wait-time.ts';
import { age } from '../output/age.ts';
import { pauseUnlessInterrupted } from '../target/ready/pause.ts';

/** Between two checks of a pending request, in milliseconds: approvers take minutes to answer it. */
const ACCESS_POLL_MS = 5_000;
const ENDED = { Rejected: 'was rejected', Revoked: 'was revoked', Expired: 'has expired' } as const;

/** The access that the options of a command request. */
export type GivenAccess = Exclude<AccessOptions, { readonly kind: 'offered' }>;

/** Just-in-time access of a command: its sessions use the credentials of a request, all other calls those of the user. */
export interface SessionAccess {
  /**
   * Gets the access for a session before it is started: the user sees the wait, and Ctrl-C ends it.
   *
   * @throws AwsError when there is none
   */
  prepare(request: SessionRequest): Promise<void>;
  /** The id of the request; empty before the first session. */
  readonly requestId: () => string;
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

  const asRequested = (): Requested => ({ id, title, waitMs: access.waitMs });
  const credentials: CredentialsSource = {
    ...keepCredentials(clock, async () => {
      granted = await awaitCredentials(context, own, asRequested());
      return { credentials: granted, isStatic: false };
    }),
    async refusal() {
      const { state } = await own.aws.accessToken(id);
      const isGranted = state === 'Approved' || state === 'Pending';
      return isGranted ? undefined : notGranted(asRequested(), state);
    },
  };
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
        // The name may mean another node later, when an instance was replaced.
        if (asked?.target !== target) {
          if (granted !== undefined) credentials.discard(granted);
          asked = { target, id: request(target, reason) };
          // After a failure, the next session requests access again.
          asked.id.catch(() => (asked = undefined));
        }
        id = await asked.id;
      }
      await credentials.get(noSdk);
    },
    requestId: () => id,
    run: {
      aws: {
        ...own.aws,
        async startSession(session) {
          try {
            return await aws.startSession(session);
          } catch (error) {
            throw await explainRefusal(error, credentials);
          }
        },
        resumeSession: (sessionId) => aws.resumeSession(sessionId),
        terminateSession: (sessionId) => aws.terminateSession(sessionId),
        generateDataKey: (request) => aws.generateDataKey(request),
      },
      options: { ...own.options, credentials },
    },
  };
}

/** A request that may be pending. */
interface Requested {
  readonly id: string;
  readonly title: string;
  readonly waitMs: number;
}

/** @throws AwsError when they are not granted in time */
async function awaitCredentials(
  context: CommandContext,
  { aws, options }: RunAws,
  request: Requested,
): Promise<AwsCredentials> {
  const { clock, output, waits } = context;
  const { id, title, waitMs } = request;
  const shown = printable(id);
  const began = clock.monotonic();
  let endReport: (() => void) | undefined;
  const orPending = (error: unknown): { readonly state: 'Pending' } => {
    // People answer the request whatever happens to the network meanwhile.
    if (endReport !== undefined && isAwsError(error) && error.isTransient)
      return { state: 'Pending' };
    throw error;
  };
  try {
    for (;;) {
      const answer = await aws.accessToken(id).catch(orPending);
      const waited = clock.monotonic() - began;
      if (answer.state === 'Approved') {
        if (endReport !== undefined) {
          output.notify(`The access request ${shown} was approved after ${age(waited)}.`);
        }
        return answer.credentials;
      }
      if (answer.state !== 'Pending') throw notGranted(request, answer.state);
      if (waited >= waitMs) {
        throw new AwsError(accessFailures['access-pending'](title, shown, timeText(waitMs)));
      }
      const name = `access request ${shown}, which is pending`;
      endReport ??= waits.report({ name, place: options.region });
      await pauseUnlessInterrupted(context, ACCESS_POLL_MS);
    }
  } finally {
    endReport?.();
  }
}

function notGranted({ id, title }: Requested, state: keyof typeof ENDED): AwsError {
  return new AwsError(accessFailures['access-not-granted'](title, printable(id), ENDED[state]));
}

function noSdk(): never {
  throw new Error('the credentials of an access request need no other source');
}
