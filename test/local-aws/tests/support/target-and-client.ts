import { afterEach, beforeEach } from 'node:test';
import { startLocalAws, type LocalAws } from '../../local-aws.ts';
import { createRawClient, type RawClient, type RawClientOptions } from './raw-client.ts';

/** A local target, and a client that is not connected to it yet. */
export interface TargetAndClient {
  readonly aws: LocalAws;
  readonly client: RawClient;
}

/** Gives each test of the suite that calls it a target and a client of its own. */
export function startForEachTest(
  give: (started: TargetAndClient) => void,
  options?: RawClientOptions,
): void {
  let started: TargetAndClient | undefined;
  beforeEach(async () => {
    started = { aws: await startLocalAws(), client: createRawClient(options) };
    give(started);
  });
  afterEach(async () => {
    started?.client.close();
    await started?.aws.close();
  });
}
