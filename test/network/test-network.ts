import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { createNetwork, type Network, type NetworkOptions } from '../../src/network/network.ts';
import type { CleanupScope } from '../support/cleanup-scope.ts';
import { closeNetwork } from './fetch-text.ts';

/** A network without roots of the operating system, whose connections end with the test. */
export function networkFor(context: CleanupScope, options: Partial<NetworkOptions>): Network {
  const network = createNetwork({
    env: {},
    profileCaBundle: () => Promise.resolve(undefined),
    clock: systemClock,
    logger: silentLogger,
    readSystemRoots: () => Promise.resolve([]),
    ...options,
  });
  context.after(() => closeNetwork(network));
  return network;
}
