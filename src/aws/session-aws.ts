import { createNetwork, type Network } from '../network/network.ts';
import { lazyAwsServices } from './lazy-services.ts';
import type { AwsServices, AwsServicesOptions } from './services.ts';
import { readProfileCaBundle } from './shared-config.ts';
import {
  createUpgradeSigner,
  whyWithoutCredentials,
  type UpgradeSigner,
} from './upgrade-signer.ts';

/** What a session needs of AWS: to sign its connection, and to be resumed, ended and encrypted. */
export interface SessionAws {
  readonly services: AwsServices;
  readonly signUpgrade: UpgradeSigner;
  readonly network: Network;
  /** Why a session with this stream URL does without credentials, a sentence part; else undefined. */
  readonly whyWithoutCredentials: (streamUrl: string) => string | undefined;
}

/**
 * The part of AWS that every session starts with: reading the shared config files and the signer. It
 * is a file of its own in dist/, because a run without a session needs none of it; the AWS SDK is
 * another, because most sessions need none of that.
 */
export function createSessionAws(options: Omit<AwsServicesOptions, 'network'>): SessionAws {
  const { env, clock, logger, profile } = options;
  const network = createNetwork({
    env,
    clock,
    logger,
    profileCaBundle: () => readProfileCaBundle(profile, env, logger),
  });
  const services = lazyAwsServices({ ...options, network });
  return {
    services,
    signUpgrade: createUpgradeSigner(options, services),
    network,
    whyWithoutCredentials: (streamUrl) => whyWithoutCredentials(streamUrl, env),
  };
}
