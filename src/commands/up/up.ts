import type { Command } from 'commander';
import {
  callStartedSupervisor,
  type SupervisorCall,
} from '../../cli/background/call-supervisor.ts';
import type { Job } from '../../cli/background/protocol.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { readJobs } from './jobs.ts';
import { watchAttached } from './watch-attached.ts';
import { waitDetached } from './wait-detached.ts';

interface UpOptions {
  readonly all?: boolean;
  readonly detach?: boolean;
}

/** `up [NAMES...] [--all] [--detach]`: forwards the ports of connections, also in the background. */
export function configureUp(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Forwards the ports of connections that you have named in files. A supervisor in the background runs them, and ' +
        'starts again what fails.\n' +
        'Ctrl-C ends the connections that this command has started. With --detach, it returns when all ports listen, ' +
        'and the connections stay until you run "down", also when the terminal is closed.\n' +
        'A connection that is up with the same settings stays as it is; with others it is started again.',
    )
    .argument('[connections...]', 'names of connections')
    .option('--all', 'forward all connections that have ports')
    .option(
      '-d, --detach',
      'return when the ports listen, and leave the connections in the background',
    )
    .action(async (names: readonly string[], options: UpOptions) => {
      const { all = false, detach = false } = options;
      if (all === names.length > 0) {
        throw usageError(
          command,
          all
            ? '--all cannot be combined with names of connections.'
            : 'The argument "connections" is missing.',
          [all ? 'Leave one of them out.' : 'Name the connections, or pass --all.'],
        );
      }
      const jobs = await readJobs(context, all ? undefined : [...new Set(names)]);
      context.exitWith(
        detach
          ? await waitDetached(context, await request(context, jobs, false))
          : await watchAttached(context, jobs, await request(context, jobs, true)),
      );
    });
  return { examples: examples('up db', 'up --all --detach', 'up db --detach --profile prod') };
}

function request(
  context: CommandContext,
  jobs: readonly Job[],
  attached: boolean,
): Promise<SupervisorCall> {
  const entries = Object.entries(context.env);
  const env = Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  return callStartedSupervisor(context, {
    request: 'up',
    ...{ attached, jobs, env, directory: workingDirectory() },
  });
}

/** Null when another program has removed it. */
function workingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}
