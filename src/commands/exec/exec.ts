import type { Command } from 'commander';
import { Option } from 'commander';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { ParsedAccessOptions } from '../../cli/framework/access-options.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import type { ParsedReadyOptions } from '../../cli/framework/ready-options.ts';
import { readOperands } from '../../cli/framework/usage/operands.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { shown } from '../../cli/framework/usage/usage-words.ts';
import { createRemote, requirePosix, type Remote } from '../../cli/remote/remote.ts';
import { SHELL_NAMES, type ShellName } from '../../cli/remote/remote-shell.ts';
import { findTarget } from '../../cli/target/resolve-target.ts';
import { commandFailures } from '../../failures/commands.ts';
import { planExec } from './exec-run.ts';
import {
  addFleetOptions,
  FLEET_HELP,
  fleetSetting,
  selectsFleet,
  type FleetOptions,
} from './fleet/fleet-options.ts';
import { runOnTerminal } from './run-on-terminal.ts';
import { runWithInput } from './run-with-input.ts';
import { runWithoutTerminal } from './run-without-terminal.ts';

interface ExecOptions extends FleetOptions, ParsedReadyOptions, ParsedAccessOptions {
  readonly stdin?: boolean;
  readonly tty?: boolean;
  readonly binary?: boolean;
  readonly sudo?: boolean;
  readonly reason?: string;
  readonly shell?: ShellName;
}

/** `exec TARGET -- command…`: the remote command's output and exit status, and nothing else. */
export function configureExec(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Runs one command on a target, and passes on its stdout, stderr and exit status. The command gets ' +
        'no input unless -i or -t gives it some: otherwise exec does not read stdin.\n' +
        'The command is a line for a shell on the target: sh on Linux and macOS, PowerShell on Windows. ' +
        'As with ssh, the words after -- are joined into one line, with spaces between them. Quote ' +
        'pipes and variables that are for the target.',
    )
    .usage('[options] [target] -- command...')
    .argument(
      '[target]',
      'machine to run the command on: id, connection, Name tag, private address or host name',
    )
    .argument('[command...]', 'the command to run and its arguments, after --')
    .option('-i, --stdin', 'pass stdin to the command, byte for byte and to its end')
    .option('-t, --tty', 'run the command in a terminal, with the keys of this one')
    .option('--binary', 'pass on every byte of stdout, for output that is not text')
    .option('--sudo', 'run the command as root, with passwordless sudo')
    .addOption(
      new Option('--shell <name>', 'shell on the target that runs the command').choices(
        SHELL_NAMES,
      ),
    )
    .option('--reason <text>', 'note for the session history');
  addFleetOptions(command);
  command.action(async (_target: unknown, _words: unknown, options: ExecOptions, self: Command) => {
    const { targetText, words } = readOperands(self.args, context.args);
    if (words.length === 0) {
      throw usageError(self, 'There is no command to run.', [
        'Write it after --, for example: `session-manager-plugin exec web -- uptime`.',
      ]);
    }
    checkModes(self, options, context);
    const script = words.join(' ');
    if (script.trim() === '') throw new CommandError(commandFailures['command-empty']());
    if (selectsFleet(options)) {
      checkFleet(self, options, targetText);
      const { runFleet } = await import('./fleet/run-fleet.ts');
      context.exitWith(await runFleet(context, self, script, options));
      return;
    }
    const setting = fleetSetting(options);
    if (setting !== undefined) {
      throw usageError(self, `${setting} is for a command on many machines.`, [
        'Add --tag, --targets, --filter or --all, or leave it out.',
      ]);
    }
    const target = await findTarget(context, targetText);
    const { tty = false, stdin = false, binary = false } = options;
    const byEcs = target.container !== undefined && (tty || !stdin) && !binary;
    if (byEcs && options.reason !== undefined) {
      throw usageError(self, '--reason cannot be used on ECS containers (ecs://…).', [
        'Leave it out: ECS stores no note of a session. With -i or --binary it can be used.',
      ]);
    }
    const remote = createRemote({
      context,
      target,
      reason: options.reason,
      stopped: context.interrupted,
    });
    context.exitWith(await run(remote, script, options));
  });
  return {
    unknownOptionHint: 'Put -- before the command to run: what follows it is not read as options.',
    sections: [FLEET_HELP],
    examples: examples(
      'exec i-0123456789abcdef0 -- uname -a',
      "exec i-0123456789abcdef0 -- 'df -h / | tail -n 1'",
      'exec i-0123456789abcdef0 -- systemctl is-active nginx || echo "not running"',
      "exec i-0123456789abcdef0 --shell bash -- 'echo {1..3}'",
      'exec -i db -- pg_restore -d shop < shop.dump',
      'exec --binary db -- pg_dump -Fc shop > shop.dump',
      'exec -it web -- top',
      'exec --tag Role=web --tag Env=prod -- systemctl is-active nginx',
      'exec --all --fold -- uname -r',
    ),
  };
}

/** What to do without an option that only a command on one target has. */
const IN_PLACE_OF: Readonly<Record<string, string>> = {
  '--sudo': 'Leave it out: the command runs as root.',
  '--reason': 'Pass --comment instead.',
  '--wait': 'To wait for the machines, run `session-manager-plugin targets --wait` before.',
  '--start': 'Start the machines before.',
  '--request-access': 'It is for sessions, and Run Command uses none.',
  '--access': 'It is for sessions, and Run Command uses none.',
};

/** @throws UsageError for what only a command on one target has */
function checkFleet(
  command: Command,
  { stdin, tty, binary, sudo, reason, wait, start, requestAccess, access }: ExecOptions,
  target: string | undefined,
): void {
  const single = {
    ...{ '-i': stdin, '-t': tty, '--binary': binary, '--sudo': sudo, '--reason': reason },
    ...{ '--wait': wait, '--start': start },
    ...{ '--request-access': requestAccess, '--access': access },
  };
  const [option] = Object.entries(single).find(([, value]) => value !== undefined) ?? [];
  if (target !== undefined) {
    throw usageError(command, `"${shown(target)}" is one target, and the options select many.`, [
      'Leave out the target, or the options --tag, --targets, --filter and --all.',
    ]);
  }
  if (option === undefined) return;
  throw usageError(command, `${option} cannot be used on many machines.`, [
    IN_PLACE_OF[option] ?? 'Leave it out, or run the command on one target.',
  ]);
}

/** @throws UsageError for options that contradict each other */
function checkModes(
  command: Command,
  { stdin, tty, binary }: ExecOptions,
  { terminal }: CommandContext,
): void {
  if (tty === true && binary === true) {
    throw usageError(command, '--binary cannot be used with -t: a terminal carries text.', [
      'Leave out one of them.',
    ]);
  }
  if (tty === true && stdin === true && !terminal.stdin) {
    throw usageError(command, '-t cannot be used with -i here: stdin is not a terminal.', [
      'Leave out -t to pass stdin to the command.',
    ]);
  }
}

/** @returns the exit status */
async function run(
  remote: Remote,
  script: string,
  { stdin = false, tty = false, binary = false, sudo = false, shell }: ExecOptions,
): Promise<number> {
  const needing = Object.entries({ '-i': stdin, '-t': tty, '--binary': binary, '--sudo': sudo })
    .filter(([, isSet]) => isSet)
    .map(([option]) => option);
  const [option] = needing;
  if (option !== undefined) await requirePosix(remote, `exec ${option}`);
  const planned = await planExec(remote, script, { shell, sudo, binary });
  if (tty) return runOnTerminal(planned);
  if (stdin) return runWithInput(planned);
  if (remote.target.container !== undefined && !binary) {
    const { runInContainer } = await import('./run-in-container.ts');
    return runInContainer(planned);
  }
  return (await runWithoutTerminal(planned, undefined)).status;
}
