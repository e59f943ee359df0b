import { Option, type Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { filled } from '../../cli/framework/usage/filled.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { DEFAULT_SESSIONS, MOST_SESSIONS, parseSessions } from '../../cli/ports/parse-sessions.ts';
import { ALWAYS, FAST_MODES, type FastMode } from '../../cli/tunnel/fast-mode.ts';
import { resolveTarget } from '../../cli/target/resolve-target.ts';
import { readOperands } from './read-operands.ts';
import { parsePattern, type Pattern } from './rules/rules.ts';

interface ProxyOptions {
  readonly allow?: readonly Pattern[];
  readonly deny?: readonly Pattern[];
  readonly exec?: boolean;
  readonly reason?: string;
  readonly fast?: FastMode;
  readonly sessions?: number;
  readonly allowLogged?: true;
  readonly user?: string;
}

/** `proxy TARGET [[ADDRESS:]PORT]`: hosts that the target can reach, through one local port. */
export function configureProxy(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Listens on one local port as a SOCKS and HTTP proxy, and connects to hosts through the target. The ' +
        'target resolves their names. Ctrl-C ends it.\n' +
        'It prints the variables that make programs use it. In a terminal, a table shows the destinations; elsewhere, ' +
        'each change is a line on stderr, or with --json a line of JSON on stdout. With --exec it runs one program with them ' +
        'instead, and ends with its status.\n' +
        'Without --allow, every host is allowed except the target itself. A pattern is HOST, HOST:PORT or ' +
        'HOST:PORT-PORT, where * in HOST stands for any text.',
    )
    .usage('[options] [target] [[address:]port] [--exec -- command...]')
    .argument(
      '[target]',
      'machine to go through: id, connection, Name tag, private address or host name. If you leave it out, you pick it ' +
        'from a list. An argument that looks like a port is never a target.',
    )
    .argument(
      '[address:port]',
      'where to listen: by default port 1080 of this machine alone, with --exec any free port',
    )
    .argument('[command...]', 'with --exec: the program to run and its arguments, after --');
  addOptions(command).action(async () => {
    const options = command.opts<ProxyOptions>();
    const runsProgram = options.exec === true;
    const { allowLogged = false, user } = options;
    const mode = options.fast ?? (user === undefined ? undefined : ALWAYS);
    if (options.sessions !== undefined && mode === undefined) {
      throw usageError(command, '--sessions needs --fast.', [
        'Add --fast, or leave out --sessions: without --fast, each destination has a session of its own.',
      ]);
    }
    const operands = readOperands(command, context.args, runsProgram);
    const { target: named, listen, program } = operands;
    const target = await resolveTarget(context, named);
    const { runProxy } = await import('./run-proxy.ts');
    context.exitWith(
      await runProxy(context, {
        target,
        listen,
        rules: { allow: options.allow ?? [], deny: options.deny ?? [] },
        reason: options.reason,
        fast: mode && { mode, allowLogged, user },
        count: options.sessions ?? DEFAULT_SESSIONS,
        command: program,
      }),
    );
  });
  return {
    unknownOptionHint: 'Put -- before the program to run: what follows it is not read as options.',
    examples: examples(
      'proxy i-0123456789abcdef0',
      'proxy i-0123456789abcdef0 127.0.0.1:8888',
      "proxy i-0123456789abcdef0 --allow '*.internal' --allow '10.0.*:443'",
      'proxy i-0123456789abcdef0 --exec -- kubectl get nodes',
    ),
  };
}

function addOptions(command: Command): Command {
  return command
    .option('--allow <pattern>', 'allow only these hosts; can be repeated', parsePattern)
    .option('--deny <pattern>', 'refuse these hosts; can be repeated', parsePattern)
    .option('--exec', 'run the program after --, with the variables of the proxy')
    .addOption(
      new Option(
        '--fast [mode]',
        'carry all connections through one pair of command sessions, in place of a session for each destination: needs ' +
          'Python or Perl on the target. --fast=auto uses the agent’s ports where that is not possible',
      )
        .choices(FAST_MODES)
        .preset(ALWAYS),
    )
    .addOption(
      new Option(
        '--sessions <number>',
        `with --fast: pairs of sessions, from 1 (the default) to ${MOST_SESSIONS}. They share the connections, so that ` +
          'parallel downloads are faster',
      ).argParser(parseSessions),
    )
    .option(
      '--user <name>',
      'connect as this user of the target, with passwordless sudo. Implies --fast',
      filled,
    )
    .option('--allow-logged', 'use --fast even if the account logs sessions')
    .option('--reason <text>', 'note for the session history');
}
