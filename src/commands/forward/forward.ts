import { Option, type Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';
import { forwardPorts } from './forward-ports.ts';
import { readPorts } from './connection-ports.ts';
import {
  parseFirstOperand,
  parseForward,
  sharedLocalPort,
  type FirstOperand,
  type Forward,
} from './parse-forward.ts';
import { DEFAULT_SESSIONS, MOST_SESSIONS, parseSessions } from './parse-sessions.ts';

/** What its options are. */
interface ForwardOptions {
  readonly reason?: string;
  readonly sessions: number;
  readonly once?: true;
}

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
    .option(
      '--once',
      'end with the session. By default, a session that has ended is replaced: at once while programs are ' +
        'connected, else when the next one connects',
    )
    .option('--reason <text>', 'note for the session history')
    .action(
      async (
        first: FirstOperand | undefined,
        rest: readonly Forward[] | undefined,
        { reason, sessions, once }: ForwardOptions,
      ) => {
        const typed = [...(first?.kind === 'forward' ? [first.forward] : []), ...(rest ?? [])];
        const named = first?.kind === 'target' ? first.text : undefined;
        const connection = named === undefined ? undefined : await context.connections.find(named);
        const forwards =
          typed.length > 0 || connection === undefined ? typed : readPorts(connection);
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
        const restarts = once !== true;
        const onDemand = connection?.onDemand ?? false;
        const policy = { count: sessions, restarts, onDemand, idleMs: undefined };
        const request = { target, targetText: named, forwards, reason, policy };
        context.exitWith(await forwardPorts(context, request));
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
