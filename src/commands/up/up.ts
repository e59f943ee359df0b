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
import { printService } from './print-service.ts';
import { watchAttached } from './watch-attached.ts';
import { waitDetached } from './wait-detached.ts';

interface UpOptions {
  readonly all?: boolean;
  readonly detach?: boolean;
  readonly check: boolean;
  readonly printService?: boolean;
}

/** `up [NAMES...] [--all] [--detach]`: forwards the ports of connections, also in the background. */
export function configureUp(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Forwards the ports of connections that you have named in files. A supervisor in the background runs them, and ' +
        'restarts those that fail.\n' +
        'Ctrl-C ends the connections that this command has started. With --detach, it returns when all ports listen, ' +
        'and the connections stay until you run "down", even if the terminal is closed.\n' +
        'A connection that is already up stays as it is, but is restarted if its settings have changed.',
    )
    .argument('[connections...]', 'names of connections')
    .option('--all', 'forward all connections that have ports')
    .option(
      '-d, --detach',
      'return when the ports listen, and leave the connections in the background',
    )
    .option(
      '--no-check',
      'do not find out whether the destinations answer: by default, the target opens a connection to each when its ' +
        'session starts, and closes it',
    )
    .option(
      '--print-service',
      'print a unit for systemd, or an agent for launchd, which starts the connections when you log in',
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
      const chosen = all ? undefined : [...new Set(names)];
      const jobs = await readJobs(context, chosen, options.check);
      if (options.printService === true) {
        const place = (await usesProjectFile(context, jobs)) ? workingDirectory() : null;
        const operands = [...(chosen ?? ['--all']), ...(options.check ? [] : ['--no-check'])];
        await printService(context, operands, place ?? undefined);
        return;
      }
      context.exitWith(
        detach
          ? await waitDetached(context, await request(context, jobs, false))
          : await watchAttached(context, jobs, await request(context, jobs, true)),
      );
    });
  return { examples: examples('up db', 'up --all --detach', 'up --all --print-service') };
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

/** Whether one of the connections is defined by the file of a directory, which depends on where the program starts. */
async function usesProjectFile(
  { connections }: CommandContext,
  jobs: readonly Job[],
): Promise<boolean> {
  const files = await connections.files();
  const found = await Promise.all(jobs.map(({ name }) => connections.find(name)));
  return found.some((one) =>
    files.some(({ path, scope }) => scope === 'project' && path === one?.path),
  );
}

/** Null when another program has removed it. */
function workingDirectory(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}
