import type { Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { openSession } from '../../cli/run/open-session.ts';
import type { Parameters } from './json-parameters.ts';
import { parseParameters } from './parse-parameters.ts';
import { findInvalidPort } from './port-parameters.ts';
import { findTarget } from '../../cli/target/resolve-target.ts';

interface StartSessionOptions {
  readonly target?: string;
  readonly documentName?: string;
  readonly parameters?: Parameters;
  readonly reason?: string;
}

/** `start-session`: with the options of `aws ssm start-session`. */
export function configureStartSession(command: Command, context: CommandContext): CommandHelp {
  command
    .description('Starts a session with any document, as "aws ssm start-session" does.')
    .option(
      '--target <target>',
      'machine to start the session on: id, connection, Name tag, private address or host name',
    )
    .option('--document-name <name>', 'SSM document to run (default: a shell)')
    .option(
      '--parameters <parameters>',
      'parameters of the document, as JSON or as name=value,name=value',
      parseParameters,
    )
    .option('--reason <text>', 'note for the session history')
    .action(async (options: StartSessionOptions) => {
      const { documentName, parameters, reason } = options;
      const fault = findInvalidPort(documentName, parameters);
      if (fault !== undefined) throw usageError(command, fault.problem, [fault.hint]);
      const { id: target, title } = await findTarget(context, options.target);
      const request = {
        target,
        ...(documentName === undefined ? {} : { documentName }),
        ...(parameters === undefined ? {} : { parameters }),
        ...(reason === undefined ? {} : { reason }),
      };
      context.exitWith(
        await openSession(context, request, { texts: 'stderr', targetTitle: title }),
      );
    });
  return {
    examples: examples(
      'start-session --target i-0123456789abcdef0',
      'start-session --target i-0123456789abcdef0 --document-name AWS-StartPortForwardingSession --parameters portNumber=80,localPortNumber=8080',
      'start-session --target i-0123456789abcdef0 --document-name AWS-StartInteractiveCommand --parameters command=top',
    ),
  };
}
