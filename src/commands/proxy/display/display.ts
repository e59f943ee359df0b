import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { acceptsText } from '../../../lib/buffered-text.ts';
import { printableJson } from '../../../lib/printable.ts';
import type { ListeningOn } from '../../../session/port/listen/bind.ts';
import { canView } from '../../../cli/live-view/can-view.ts';
import { endpointText } from '../../../lib/endpoint-text.ts';
import { exportLines } from '../environment.ts';
import type { DestinationEvent } from '../pool/destination-session.ts';
import type { Destination } from '../rules/destination.ts';
import { factsOf, type ProxyEvent } from './destination-events.ts';
import { destinationLine } from './destination-lines.ts';

/** A proxy that serves clients. */
export interface StartedProxy {
  readonly target: string;
  readonly on: Extract<ListeningOn, { readonly kind: 'tcp' }>;
  /** That make programs use it. */
  readonly variables: Readonly<Record<string, string>>;
  /** URL of the auto-configuration file. */
  readonly pac: string;
}

/** One way to show what a proxy does. */
export interface ProxyDisplay {
  report(destination: Destination, event: DestinationEvent): void;
  /** Everything has ended. */
  end(): void;
}

/** Shows that the proxy serves clients: events for programs with `--json`, else a line for each change. */
export async function startDisplay(
  context: CommandContext,
  proxy: StartedProxy,
): Promise<ProxyDisplay> {
  const { options, output, platform } = context;
  if (options.json) return showEvents(context, proxy);
  await output.print(exportLines(proxy.variables, platform));
  output.notify(`Auto-configuration: ${proxy.pac}`);
  if (await canView(context)) {
    const { createProxyView } = await import('./proxy-view.ts');
    return createProxyView(context, proxy);
  }
  return {
    report({ host, port }, event) {
      const line = destinationLine(endpointText(host, port), proxy.target, event);
      if (line !== undefined) output.notify(line);
    },
    end: () => undefined,
  };
}

/** Shows nothing: the output is that of a program. */
export const noDisplay: ProxyDisplay = { report: () => undefined, end: () => undefined };

function showEvents(
  { clock, output }: CommandContext,
  { target, on, variables, pac }: StartedProxy,
): ProxyDisplay {
  let dropped = 0;
  const head = (): Pick<ProxyEvent, 'time' | 'target'> => ({
    time: new Date(clock.now()).toISOString(),
    target,
  });
  const emit = (event: ProxyEvent): void => void output.print(`${printableJson(event)}\n`);
  emit({ ...head(), event: 'listening', local: on, variables, pac });
  return {
    report(destination, event) {
      const facts = factsOf(event);
      if (facts === undefined) return;
      if (!acceptsText(output.stdout)) {
        dropped++;
        return;
      }
      if (dropped > 0) emit({ ...head(), event: 'dropped', events: dropped });
      dropped = 0;
      emit({ ...head(), destination, ...facts });
    },
    end: () => undefined,
  };
}
