import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { systemClock } from '../../lib/clock.ts';
import type { Logger } from '../../logging/logger.ts';
import { freeDescriptors } from '../../network/free-descriptors.ts';
import type { PeerCheck } from '../../network/peer-check.ts';
import type { ListeningHost } from '../../session/port/listen/bind.ts';
import type { PortHost } from '../../session/port/port-host.ts';

/**
 * What a listener for local programs uses of the running process.
 *
 * @param localHost - address or name to listen on; empty for `localhost`
 */
export function createListenHost(
  localHost: string,
  logger: Logger,
): ListeningHost & Pick<PortHost, 'freeDescriptors'> {
  return {
    createServer,
    logger,
    localHost,
    freeDescriptors,
    platform: process.platform,
    umask: (mask) => process.umask(mask),
    exists: existsSync,
  };
}

/** A check that is read when the first connection of a forwarded port ends, and shared by all. */
export function checkPeers(): PortHost['hasPeerClosed'] {
  let loaded: Promise<PeerCheck> | undefined;
  const load = async (): Promise<PeerCheck> => {
    const { createPeerCheck, readTable } = await import('../../network/peer-check.ts');
    return createPeerCheck({ clock: systemClock, platform: process.platform, readTable });
  };
  return async (connection) => (await (loaded ??= load()))(connection);
}
