import { EventEmitter, setMaxListeners } from 'node:events';
import { Option, type Command } from 'commander';
import type { SessionRequest } from '../../aws/aws.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { chooseDisplay } from './display.ts';
import { portsOfConnection } from './connection-ports.ts';
import { createForwardedPort, type ForwardedPort, type PortChange } from './forwarded-port.ts';
import {
  parseFirstOperand,
  parseForward,
  sharedLocalPort,
  type FirstOperand,
  type Forward,
} from './parse-forward.ts';
import { checkSettings } from '../../cli/run/prepare-session.ts';
import { DEFAULT_SESSIONS, MOST_SESSIONS, parseSessions } from './parse-sessions.ts';
import { runPortSessions } from './sessions/port-sessions.ts';
import { createSessionRunner } from './sessions/run-port-session.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';

const TO_TARGET = 'AWS-StartPortForwardingSession';
const TO_REMOTE_HOST = 'AWS-StartPortForwardingSessionToRemoteHost';

/** `forward [TARGET] PORT…`: ports of this machine, forwarded to the target or to hosts it can reach. */
export function configureForward(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Listens on local ports, and forwards each to a port of the target, or through the target to ' +
        'another host. Ctrl-C stops the forwarding of all ports.\n' +
        'LOCAL is the local port. If you leave it out, the local port is the same as PORT. If it is 0, the ' +
        'system picks a free port.\n' +
        'In a terminal, a table shows the connections, rates and totals of all ports. Elsewhere, each ' +
        'change is a line on stderr, or with --json a line of JSON on stdout.',
    )
    .usage('[options] [target] <ports...>')
    .argument(
      '[target]',
      'machine to forward to, or through: id, connection, Name tag, private address or host name. If you ' +
        'leave it out, you pick it from a list. An argument that looks like a port is never a target.',
      parseFirstOperand,
    )
    .argument(
      '[ports...]',
      '[LOCAL:]PORT for a port of the target, or [LOCAL:]HOST:PORT for another host; without any, those ' +
        'of the connection',
      parseForward,
    )
    .addOption(
      new Option(
        '--sessions <number>',
        `sessions for each port, from 1 (the default) to ${MOST_SESSIONS}: they share the connections, so that ` +
          'parallel downloads are faster',
      )
        .argParser(parseSessions)
        .default(DEFAULT_SESSIONS),
    )
    .option('--reason <text>', 'note for the session history')
    .action(
      async (
        first: FirstOperand | undefined,
        rest: readonly Forward[] | undefined,
        { reason, sessions }: { readonly reason?: string; readonly sessions: number },
      ) => {
        const typed = [...(first?.kind === 'forward' ? [first.forward] : []), ...(rest ?? [])];
        const named = first?.kind === 'target' ? first.text : undefined;
        const forwards =
          typed.length > 0 || named === undefined ? typed : await portsOfConnection(context, named);
        if (forwards.length === 0)
          throw usageError(command, 'There is no port to forward.', [
            'Add one, for example: `session-manager-plugin forward web 8080:80`.',
          ]);
        const twice = sharedLocalPort(forwards);
        if (twice !== undefined) {
          throw usageError(command, `The local port ${twice} is used twice.`, [
            'Use another local port for one of them, or 0 to let the system pick one.',
          ]);
        }
        const target = await resolveTarget(context, named);
        context.exitWith(await forwardAll(context, { target, forwards, reason, sessions }));
      },
    );
  return {
    examples: examples(
      'forward i-0123456789abcdef0 8080:80',
      'forward i-0123456789abcdef0 5432:db.internal:5432 6379:cache.internal:6379',
      'forward 8080:80',
      'forward i-0123456789abcdef0 8080:80 --sessions 8',
      'forward i-0123456789abcdef0 0:80 --json',
    ),
  };
}

/** What the command line asks for. */
interface ForwardRequest {
  readonly target: string;
  readonly forwards: readonly Forward[];
  readonly reason: string | undefined;
  /** For each port. */
  readonly sessions: number;
}

/** @returns the exit status: that of the first port that failed, or 0 */
async function forwardAll(
  context: CommandContext,
  { target, forwards, reason, sessions }: ForwardRequest,
): Promise<number> {
  // What is wrong for all ports is reported before the view appears.
  checkSettings(context);
  await (await context.aws.calls()).prepareCredentials();
  const display = await chooseDisplay(context, target);
  // Each session listens for signals, and to errors of the streams.
  const streams = [process, context.output.stdout, context.output.stderr, context.output.messages];
  setMaxListeners(EventEmitter.defaultMaxListeners + forwards.length * sessions, ...streams);
  const followed = forwards.map((forward) => {
    const port = createForwardedPort(forward, sessions);
    return { port, report: display.follow(port) };
  });
  try {
    const statuses = await Promise.all(
      followed.map(({ port, report }) =>
        openForward(context, requestFor(target, port.forward, reason), port, report),
      ),
    );
    return statuses.find((status) => status !== 0) ?? 0;
  } finally {
    display.end();
  }
}

function requestFor(
  target: string,
  { host, port, localPort }: Forward,
  reason: string | undefined,
): SessionRequest {
  return {
    target,
    documentName: host === undefined ? TO_TARGET : TO_REMOTE_HOST,
    parameters: {
      ...(host === undefined ? {} : { host: [host] }),
      portNumber: [port],
      localPortNumber: [localPort],
    },
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Forwards one port. A failure is reported at once, and the other ports continue. */
async function openForward(
  context: CommandContext,
  request: SessionRequest,
  port: ForwardedPort,
  report: (change: PortChange) => void,
): Promise<number> {
  let isClosed = false;
  const take = (change: PortChange): void => {
    if (isClosed) return;
    port.take(change);
    report(change);
  };
  const outcome = await runPortSessions({
    count: port.sessions.of,
    run: createSessionRunner(context, request, port),
    report: take,
    interrupted: context.sessions.signals.received,
  });
  // Connections may have been closed by the end without a report so far.
  for (const traffic of [...port.open]) {
    take({ kind: 'disconnected', open: port.open.size - 1, traffic });
  }
  const { status, ...end } = outcome;
  take(end);
  isClosed = true;
  return status;
}
