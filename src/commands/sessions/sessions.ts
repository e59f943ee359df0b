import type { Command } from 'commander';
import type { OpenSession } from '../../aws/aws.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { parseTime } from '../../cli/framework/parse-time.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { printList } from '../../cli/output/print-list.ts';
import type { Column } from '../../cli/output/table.ts';
import { isoText, timeText } from '../../cli/output/time-text.ts';

/** AWS keeps the history of sessions for 30 days (user guide, "View session history"). */
const MAX_HISTORY_MS = 30 * 24 * 60 * 60 * 1000;
const DEFAULT_HISTORY_MS = 24 * 60 * 60 * 1000;

interface SessionsOptions {
  readonly history?: boolean;
  readonly since?: number;
  readonly target?: string;
  readonly mine?: boolean;
  /** True without ids. */
  readonly terminate?: true | readonly string[];
  readonly yes?: boolean;
}

/** The id is what `--terminate` takes. */
const COLUMNS: readonly Column[] = [
  { header: 'SESSION', narrowest: 'whole' },
  { header: 'TARGET', narrowest: 'whole', dispensable: 4 },
  { header: 'STARTED', narrowest: 'whole', dispensable: 3 },
  { header: 'DOCUMENT', narrowest: 10, dispensable: 1 },
  { header: 'REASON', narrowest: 10, dispensable: 2 },
];

/** `sessions`: the caller's open sessions, those of the past, or the end of some. */
export function configureSessions(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Lists your open sessions: id, target, start time, document, reason. With --history it lists those that have ended, ' +
        'with --terminate it ends open ones. In a pipe, the columns are tab-separated and have no header.',
    )
    .option('--history', 'list the sessions that have ended, of all users')
    .option(
      '--since <time>',
      'with --history: those that began within this time (default: 24h)',
      (text) => parseTime(text, { ms: MAX_HISTORY_MS, text: '720h' }),
    )
    .option('--target <target>', 'with --history: only those with this target')
    .option('--mine', 'with --history or --terminate: all of yours, and no others')
    .option('--terminate [id...]', 'end the sessions with these ids')
    .option('-y, --yes', 'do not ask before several sessions are ended')
    .action((options: SessionsOptions) => run(context, command, options));
  return {
    examples: examples(
      'sessions',
      'sessions --json',
      'sessions --history --since 72h --target web',
      'sessions --terminate someone-0123456789abcdef0123456789',
      'sessions --terminate --mine',
    ),
  };
}

async function run(
  context: CommandContext,
  command: Command,
  { history = false, since, target, mine = false, terminate, yes = false }: SessionsOptions,
): Promise<void> {
  const [stray] = Object.entries({ '--since': since, '--target': target }).find(
    ([, value]) => value !== undefined && !history,
  ) ?? [mine && !history && terminate === undefined ? '--mine' : undefined];
  if (stray !== undefined) {
    const needed = stray === '--mine' ? '--history or --terminate' : '--history';
    throw usageError(command, `${stray} needs ${needed}.`, [`Add ${needed}.`]);
  }
  if (history && terminate !== undefined) {
    throw usageError(command, '--history cannot be combined with --terminate.', [
      'Leave one of them out.',
    ]);
  }
  if (history) {
    const { listHistory } = await import('./history.ts');
    await listHistory(context, { sinceMs: since ?? DEFAULT_HISTORY_MS, target, isOwn: mine });
    return;
  }
  if (terminate === undefined) {
    await listSessions(context);
    return;
  }
  const ids = terminate === true ? [] : terminate;
  if (ids.length === 0 && !mine) {
    throw usageError(command, '--terminate needs the id of a session.', [
      'To end all sessions of yours, add --mine.',
    ]);
  }
  const { terminateSessions } = await import('./terminate.ts');
  await terminateSessions(context, { ids, isOwn: mine, asks: !yes });
}

async function listSessions(context: CommandContext): Promise<void> {
  const sessions = await (await context.aws.calls()).openSessions();
  const newestFirst = [...sessions].sort((a, b) => b.startedAt - a.startedAt);
  if (sessions.length === 0) {
    context.output.notify(`You have no open session in ${await context.aws.region()}.`);
  }
  await printList(context, newestFirst.map(withTime), {
    columns: COLUMNS,
    rows: newestFirst.map((session) => [
      session.sessionId,
      session.target,
      timeText(session.startedAt),
      session.documentName,
      session.reason,
    ]),
  });
}

function withTime(session: OpenSession): object {
  return { ...session, startedAt: isoText(session.startedAt) };
}
