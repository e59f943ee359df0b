import { Option, type Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { readProgram } from '../../cli/framework/read-program.ts';
import { filled } from '../../cli/framework/usage/filled.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { shown } from '../../cli/framework/usage/usage-words.ts';
import { isValueError } from '../../cli/framework/usage/value-error.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';
import { ALWAYS, FAST_MODES, type FastMode } from '../../cli/tunnel/fast-mode.ts';
import { withPortVariables } from './beside-program.ts';
import { forwardPorts } from './forward-ports.ts';
import { readPorts } from '../../cli/ports/connection-ports.ts';
import {
  checkLocalPorts,
  parseFirstOperand,
  parseForward,
  type FirstOperand,
  type Forward,
} from '../../cli/ports/parse-forward.ts';
import { needRelay } from '../../cli/ports/forward.ts';
import { parseReverse, reverseForward, type TypedReverse } from '../../cli/ports/parse-reverse.ts';
import { parseIdleTime, readIdleTime } from '../../cli/ports/idle-time.ts';
import { DEFAULT_SESSIONS, MOST_SESSIONS, parseSessions } from '../../cli/ports/parse-sessions.ts';

/** What its options are. */
interface ForwardOptions {
  readonly reason?: string;
  readonly sessions: number;
  readonly once?: true;
  readonly onDemand?: true;
  /** Milliseconds. */
  readonly idle?: number;
  readonly address?: string;
  readonly check?: true;
  readonly exec?: true;
  readonly fast?: FastMode;
  readonly reverse?: readonly TypedReverse[];
  readonly remoteAddress?: string;
  readonly allowLogged?: true;
  readonly user?: string;
}

const EXEC_EXAMPLE = "forward web 0:5432 --exec -- sh -c 'psql -p $PORT_1'";

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
    .usage('[options] [target] <ports...> [--exec -- command...]')
    .argument(
      '[target]',
      'machine to forward to, or through: id, connection, Name tag, private address or host name. If you ' +
        'leave it out, you pick it from a list. An argument that looks like a port is never a target.',
      parseFirstOperand,
    )
    .argument(
      '[ports...]',
      '[LOCAL:]PORT for a port of the target, or [LOCAL:]HOST:PORT for another host; without any, those ' +
        'of the connection. Ranges are possible: 8000-8005:HOST:9000-9005. PORT/udp for datagrams, ' +
        'and a path for a Unix socket in place of LOCAL or HOST:PORT, such as ' +
        './docker.sock:/var/run/docker.sock, imply --fast',
    );
  addOptions(command).action(
    async (
      first: FirstOperand | undefined,
      rest: readonly string[] | undefined,
      options: ForwardOptions,
    ) => {
      const {
        named,
        forwards,
        onDemand,
        idleMs,
        fast: kept,
        program,
      } = await readOperands(command, context, { first, rest: rest ?? [] }, options);
      const target = await resolveTarget(context, named);
      const policy = {
        count: options.sessions,
        restarts: options.once !== true,
        onDemand: options.onDemand === true || onDemand,
        idleMs: options.idle ?? idleMs,
        checks: options.check === true,
      };
      const { reason, address, allowLogged = false, user } = options;
      const needsRelay = user !== undefined || needRelay(forwards);
      const mode = options.fast ?? kept ?? (needsRelay ? ALWAYS : undefined);
      const fast = mode && { mode, allowLogged, user };
      const request = { target, targetText: named, forwards, reason, policy, address, fast };
      context.exitWith(
        await forwardPorts(context, { ...request, program: program && withPortVariables(program) }),
      );
    },
  );
  return {
    unknownOptionHint: 'Put -- before the program to run: what follows it is not read as options.',
    examples: examples(
      'forward i-0123456789abcdef0 8080:80',
      'forward i-0123456789abcdef0 5432:db.internal:5432 6379:cache.internal:6379',
      'forward 8080:80',
      'forward i-0123456789abcdef0 8080:80 --sessions 8',
      'forward i-0123456789abcdef0 5432:db.internal:5432 --fast',
      'forward i-0123456789abcdef0 ./docker.sock:/var/run/docker.sock --user root',
      'forward i-0123456789abcdef0 5353:10.0.0.2:53/udp',
      'forward i-0123456789abcdef0 -R 9000:3000',
      'forward i-0123456789abcdef0 0:80 --json',
      'forward i-0123456789abcdef0 5432:db.internal:5432 --on-demand --idle 10m',
    ),
  };
}

/** Reads the ports. A text that is none is a usage error of the command. */
function readForwards(command: Command, words: readonly string[]): readonly Forward[] {
  let forwards: readonly Forward[] = [];
  for (const word of words) {
    try {
      forwards = parseForward(word, forwards);
    } catch (error) {
      if (!isValueError(error)) throw error;
      const problem = `The argument "ports" cannot be "${shown(word)}".`;
      throw usageError(command, error.problemOf?.('The argument "ports"') ?? problem, error.hints);
    }
  }
  return forwards;
}

/** What the operands of a command line ask for. */
interface ReadOperands {
  /** The target as it was typed; undefined when it was not. */
  readonly named: string | undefined;
  readonly forwards: readonly Forward[];
  readonly onDemand: boolean;
  readonly idleMs: number | undefined;
  /** That of the connection. */
  readonly fast: FastMode | undefined;
  readonly program: readonly string[] | undefined;
}

async function readOperands(
  command: Command,
  context: CommandContext,
  { first, rest }: { readonly first: FirstOperand | undefined; readonly rest: readonly string[] },
  { exec, reverse = [], remoteAddress }: ForwardOptions,
): Promise<ReadOperands> {
  const runsProgram = exec === true;
  const { words, program } = readProgram(command, context.args, rest, runsProgram, EXEC_EXAMPLE);
  const typed = [
    ...(first?.kind === 'forward' ? first.forwards : []),
    ...readForwards(command, words),
    ...reverse.map((one) => reverseForward(one, remoteAddress)),
  ];
  const named = first?.kind === 'target' ? first.text : undefined;
  const connection = named === undefined ? undefined : await context.connections.find(named);
  const forwards = typed.length > 0 || connection === undefined ? typed : readPorts(connection);
  if (forwards.length === 0)
    throw usageError(command, 'There is no port to forward.', [
      'Add one, for example: `session-manager-plugin forward web 8080:80`.',
    ]);
  checkLocalPorts(command, forwards);
  const { onDemand = false, idle = '', fast = '' } = connection ?? {};
  const kept = fast === '' ? undefined : fast;
  return { named, forwards, onDemand, idleMs: readIdleTime(idle), fast: kept, program };
}

function addOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--sessions <number>',
        `sessions for each port, from 1 (the default) to ${MOST_SESSIONS}: they share the connections, so that ` +
          'parallel downloads are faster. With --fast, pairs of sessions for all ports',
      )
        .argParser(parseSessions)
        .default(DEFAULT_SESSIONS),
    )
    .option(
      '--once',
      'end with the session. By default, a session that has ended is replaced: at once while programs are ' +
        'connected, else when the next one connects',
    )
    .option(
      '--on-demand',
      'listen at once, but start no session before a program connects; its connection waits',
    )
    .option(
      '--idle <time>',
      'end the session when no program has been connected for this time, such as 10m; the next connection ' +
        'starts another one',
      parseIdleTime,
    )
    .option(
      '--check',
      'find out whether the destination of each port answers, when its session starts, and again while it does not: ' +
        'the target opens a connection to it, and closes it',
    )
    .option('--address <address>', 'address to listen on, in place of SSM_PLUGIN_LOCAL_HOST')
    .option(
      '--exec',
      'run the program after -- once the ports listen, and end with its exit status. PORT_1 in its environment ' +
        'is the first local port, PORT_2 the second',
    )
    .addOption(
      new Option(
        '--fast [mode]',
        'carry the connections through command sessions, faster than the agent’s ports: needs Python or Perl on ' +
          'the target. --fast=auto uses the agent’s ports where that is not possible',
      )
        .choices(FAST_MODES)
        .preset(ALWAYS),
    )
    .option(
      '-R, --reverse <port>',
      'the other way round, [ADDRESS:]PORT:[HOST:]LOCAL: forward PORT of the target to LOCAL of this machine, or of HOST. ' +
        'LOCAL may be the path of a Unix socket. If PORT is 0, the target picks a free one. Implies --fast',
      parseReverse,
    )
    .option(
      '--remote-address <address>',
      'address of the target to listen on for -R, in place of 127.0.0.1: other machines can then connect to the port',
    )
    .option(
      '--user <name>',
      'run as this user of the target, with passwordless sudo, for example to use a socket of root. Implies --fast',
      filled,
    )
    .option('--allow-logged', 'use --fast even if the account logs sessions')
    .option('--reason <text>', 'note for the session history');
}
