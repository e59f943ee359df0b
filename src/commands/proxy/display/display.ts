import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { endpointText } from '../../forward/forwarded-port.ts';
import type { DestinationEvent } from '../pool/destination-session.ts';
import type { Destination } from '../rules/destination.ts';
import { destinationLine } from './destination-lines.ts';

/** One way to show what a proxy does. */
export interface ProxyDisplay {
  /**
   * The proxy serves clients.
   *
   * @param lines - that set the variables of the proxy in a shell
   * @param pac - URL of the auto-configuration file
   */
  start(lines: string, pac: string): Promise<void>;
  report(destination: Destination, event: DestinationEvent): void;
  /** Everything has ended. */
  end(): void;
}

/** A line for each change on stderr, and nothing beside the output of a command. */
export function chooseDisplay(
  { output }: CommandContext,
  target: string,
  hasOutput: boolean,
): ProxyDisplay {
  return {
    async start(lines, pac) {
      await output.print(lines);
      output.notify(`Auto-configuration: ${pac}`);
    },
    report({ host, port }, event) {
      const line = destinationLine(endpointText(host, port), target, event);
      if (hasOutput && line !== undefined) output.notify(line);
    },
    end: () => undefined,
  };
}
