import type { PastSession } from '../../aws/aws.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { age } from '../../cli/output/age.ts';
import { printList } from '../../cli/output/print-list.ts';
import type { Column } from '../../cli/output/table.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';
import { isoText, timeText } from '../../cli/output/time-text.ts';

const COLUMNS: readonly Column[] = [
  { header: 'SESSION', narrowest: 'whole' },
  { header: 'USER', narrowest: 10, dispensable: 6 },
  { header: 'TARGET', narrowest: 'whole', dispensable: 5 },
  { header: 'STARTED', narrowest: 'whole', dispensable: 4 },
  { header: 'LASTED', narrowest: 'whole', dispensable: 3 },
  { header: 'END', narrowest: 'whole', dispensable: 2 },
  { header: 'DOCUMENT', narrowest: 10, dispensable: 0 },
  { header: 'REASON', narrowest: 10, dispensable: 1 },
];

/** Which sessions of the past are listed. */
export interface HistoryRequest {
  /** How far back, in milliseconds. */
  readonly sinceMs: number;
  /** As the user named it; undefined for all. */
  readonly target: string | undefined;
  readonly isOwn: boolean;
}

/**
 * Lists sessions that have ended, the newest first.
 *
 * @throws CommandError for a target that is not found
 * @throws AwsError when they cannot be listed
 */
export async function listHistory(
  context: CommandContext,
  { sinceMs, target, isOwn }: HistoryRequest,
): Promise<void> {
  const id = target === undefined ? undefined : await resolveTarget(context, target);
  const calls = await context.aws.calls();
  const since = context.clock.now() - sinceMs;
  const sessions = await calls.pastSessions({ since, target: id, isOwn });
  const newestFirst = [...sessions].sort((a, b) => b.startedAt - a.startedAt);
  if (sessions.length === 0) {
    context.output.notify(
      `No session that began in the last ${age(sinceMs)} has ended in ${await context.aws.region()}. To look further back, add --since.`,
    );
  }
  await printList(context, newestFirst.map(withTimes), {
    columns: COLUMNS,
    rows: newestFirst.map((session) => [
      session.sessionId,
      userOf(session.owner),
      session.target,
      timeText(session.startedAt),
      session.endedAt === undefined ? '' : age(session.endedAt - session.startedAt),
      session.details === '' ? session.status : `${session.status}: ${session.details}`,
      session.documentName,
      session.reason,
    ]),
  });
}

/** The last part of an ARN: the name of a user, or that of the session of a role. */
function userOf(owner: string): string {
  return owner.slice(owner.lastIndexOf('/') + 1);
}

function withTimes(session: PastSession): object {
  const { startedAt, endedAt } = session;
  return {
    ...session,
    startedAt: isoText(startedAt),
    endedAt: endedAt === undefined ? null : isoText(endedAt),
  };
}
