import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Logger } from '../../logging/logger.ts';
import { freeDescriptors } from '../../network/free-descriptors.ts';
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
