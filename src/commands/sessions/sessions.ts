import { commandFailures } from '../../failures/commands.ts';
import type { Command } from 'commander';
import { isAwsError } from '../../aws/sdk/aws-error.ts';
import type { OpenSession, SessionCalls } from '../../aws/aws.ts';
import { printable } from '../../lib/printable.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { printJson, printList } from '../../cli/output/print-list.ts';
import { wrapMessage } from '../../cli/output/wrap-message.ts';
import type { Column } from '../../cli/output/table.ts';

/** The id is what `--terminate` takes. */
const COLUMNS: readonly Column[] = [
  { header: 'SESSION', narrowest: 'whole' },
  { header: 'TARGET', narrowest: 'whole', dispensable: 4 },
  { header: 'STARTED', narrowest: 'whole', dispensable: 3 },
  { header: 'DOCUMENT', narrowest: 10, dispensable: 1 },
  { header: 'REASON', narrowest: 10, dispensable: 2 },
];

/** `sessions [--terminate ID]`: the caller's open sessions, or the end of one. */
export function configureSessions(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Lists your open sessions: id, target, start time, document, reason. In a pipe, the columns are tab-separated and have no header.',
    )
    .option('--terminate <id>', 'end the session with this id')
    .action(({ terminate }: { readonly terminate?: string }) =>
      terminate === undefined ? listSessions(context) : terminateSession(context, terminate),
    );
  return {
    examples: examples(
      'sessions',
      'sessions --json',
      'sessions --terminate someone-0123456789abcdef0123456789',
    ),
  };
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

async function terminateSession(context: CommandContext, sessionId: string): Promise<void> {
  if (sessionId === '') throw new CommandError(commandFailures['session-id-empty']());
  const calls = await context.aws.calls();
  const session = await findSession(calls, sessionId);
  await calls.terminateSession(sessionId);
  if (context.options.json) {
    await printJson(context, {
      terminated: session === undefined ? { sessionId } : withTime(session),
    });
    return;
  }
  const details =
    session === undefined
      ? ''
      : ` on ${session.target}, open since ${timeText(session.startedAt)},`;
  const text = printable(`Session ${sessionId}${details} has been ended.`);
  await context.output.print(`${wrapMessage(text, context.terminal.columns ?? 0)}\n`);
}

/** Ending a session needs no permission to list sessions; without it, only the id is known. */
async function findSession(
  calls: SessionCalls,
  sessionId: string,
): Promise<OpenSession | undefined> {
  try {
    return (await calls.openSessions()).find((session) => session.sessionId === sessionId);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return undefined;
  }
}

function withTime(session: OpenSession): object {
  return { ...session, startedAt: new Date(session.startedAt).toISOString() };
}

/** In this machine's time zone, without fractions of a second: `2026-01-31 09:05:00`. */
function timeText(time: number): string {
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${clock}`;
}
