import type { CommandContext, CommandOutput } from '../../cli/framework/command-context.ts';
import { canView } from '../../cli/live-view/can-view.ts';
import type { ForwardedPort, PortChange } from '../../cli/ports/forwarded-port.ts';
import { createJsonReporter } from './json-reporter.ts';
import { createLineReporter } from './line-reporter.ts';
import { printableJson } from '../../lib/printable.ts';
import { acceptsText } from '../../lib/buffered-text.ts';

/** One way to show what forwarded ports do. */
export interface ForwardDisplay {
  /** Shows one more port. @returns takes each of its changes, after the port has recorded it */
  follow(port: ForwardedPort): (change: PortChange) => void;
  /** Everything has ended. */
  end(): void;
}

/**
 * Chooses events for programs with `--json`, a view in a terminal in the foreground, else a line for
 * each change.
 */
export async function chooseDisplay(
  context: CommandContext,
  target: string,
): Promise<ForwardDisplay> {
  if (context.options.json) {
    return showEvents(context.clock, context.output, target);
  }
  if (await canView(context)) {
    const { createForwardView } = await import('./view.ts');
    return createForwardView(context, target);
  }
  return {
    follow: (port) => createLineReporter(target, port, (line) => context.output.notify(line)),
    end: () => undefined,
  };
}

/** Only what disturbs the program that runs beside the forwarding, a line each. */
export function showProblems(
  { output }: Pick<CommandContext, 'output'>,
  target: string,
): ForwardDisplay {
  return {
    follow(port) {
      const report = createLineReporter(target, port, (line) => output.notify(line));
      return (change) => {
        if (isProblem(change)) report(change);
      };
    },
    end: () => undefined,
  };
}

function isProblem(change: PortChange): boolean {
  switch (change.kind) {
    case 'refused':
    case 'destination-failed':
    case 'reconnecting':
    case 'reconnected':
    case 'pausing':
      return true;
    case 'starting':
    case 'idle':
      return change.failure !== undefined;
    case 'checked':
      return change.result !== 'answers';
    default:
      return false;
  }
}

/** Each change as a line of JSON on stdout. */
export function showEvents(
  clock: CommandContext['clock'],
  { stdout, print }: Pick<CommandOutput, 'stdout' | 'print'>,
  target: string,
): ForwardDisplay {
  return {
    follow: (port) =>
      createJsonReporter(
        target,
        port,
        () => clock.now(),
        (event) => void print(`${printableJson(event)}\n`),
        () => acceptsText(stdout),
      ),
    end: () => undefined,
  };
}
