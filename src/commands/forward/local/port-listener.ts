import type { CommandContext } from '../../../cli/framework/command-context.ts';
import { localPathOf, type Forward } from '../../../cli/ports/forward.ts';
import { readSettings } from '../../../cli/process/settings.ts';
import { createListenHost } from '../../../cli/run/listen-host.ts';
import { openListener } from '../../../session/port/listen/listener.ts';
import type { PortListener } from '../sessions/port-session.ts';
import { createReverseListener } from './reverse-listener.ts';
import { listenOnSocket } from './socket-listener.ts';
import { listenForDatagrams } from './udp-listener.ts';

/**
 * The local end of a port, which needs no session.
 *
 * @param address - where to listen; undefined for the setting of the environment
 * @param warn - takes a sentence about the port
 */
export function createPortListener(
  { env, logger, clock }: CommandContext,
  forward: Forward,
  address: string | undefined,
  warn: (text: string) => void,
): PortListener {
  const host = createListenHost(address ?? readSettings(env).localHost ?? '', logger);
  const { freeDescriptors } = host;
  const { relayed } = forward;
  if (relayed?.kind === 'reverse') {
    return { freeDescriptors, ...createReverseListener({ clock }, forward, relayed, warn) };
  }
  const path = localPathOf(forward);
  if (path !== undefined) {
    return { freeDescriptors, open: (events) => listenOnSocket(path, host, events) };
  }
  const port = Number(forward.localPort);
  if (relayed?.kind === 'udp') {
    const { localHost } = host;
    return {
      freeDescriptors,
      open: (events) => listenForDatagrams({ port, localHost, clock, warn }, events),
    };
  }
  return { freeDescriptors, open: (events) => openListener({ kind: 'tcp', port }, host, events) };
}
