import { endpointText } from '../../../lib/endpoint-text.ts';
import {
  createForwardedPort,
  type ForwardedPort,
  type PortChange,
} from '../../../cli/ports/forwarded-port.ts';
import { createPortView, titleOf, type ViewContext } from '../../../cli/live-view/port-view.ts';
import type { DestinationEvent } from '../pool/destination-session.ts';
import type { ProxyDisplay, StartedProxy } from './display.ts';
import { destinationLine } from './destination-lines.ts';

/** Destinations whose totals are kept; of more, the first ones without a session are dropped. */
const DESTINATIONS_LIMIT = 200;

/** Shows the destinations that have a session, and at the end the totals of all. */
export function createProxyView(context: ViewContext, { target, on }: StartedProxy): ProxyDisplay {
  const ports = new Map<string, ForwardedPort>();
  const address = endpointText(on.addresses[0] ?? '', on.port);
  const view = createPortView(context, {
    title: (cols) => titleOf(`Proxy on ${address} through `, target, cols),
    endTitle: () => `Proxied through ${target}`,
    columns: 'destinations',
    isShown: hasSession,
  });
  const add = (name: string, host: string, port: number): ForwardedPort => {
    const added = createForwardedPort({ localPort: '0', host, port: String(port) });
    ports.set(name, added);
    view.add(added);
    return added;
  };
  return {
    report({ host, port }, event) {
      const name = endpointText(host, port);
      const shown = ports.get(name) ?? add(name, host, port);
      const change = changeOf(event);
      if (change === undefined) return;
      shown.take(change);
      const line = isShownInRow(change) ? undefined : destinationLine(name, target, event);
      if (line !== undefined) view.writeLine(line);
      view.changed();
      if (ports.size <= DESTINATIONS_LIMIT) return;
      const [oldName, old] = [...ports].find(([, one]) => !hasSession(one)) ?? [];
      if (old === undefined || oldName === undefined) return;
      ports.delete(oldName);
      view.remove(old);
    },
    end: () => view.end(),
  };
}

function hasSession({ state }: ForwardedPort): boolean {
  return state.kind !== 'ended' && state.kind !== 'failed';
}

function isShownInRow({ kind }: PortChange): boolean {
  return kind !== 'refused' && kind !== 'destination-failed' && !kind.startsWith('reconnect');
}

function changeOf(event: DestinationEvent): PortChange | undefined {
  switch (event.kind) {
    case 'starting':
      return { kind: 'starting', failure: undefined };
    case 'ended':
      return { kind: 'ended' };
    case 'joined':
    case 'left':
    case 'requested':
    case 'answered':
    case 'session-ending':
    case 'session-ended':
      return undefined;
    default:
      return event;
  }
}
