import { createNetwork, type Network } from '../network/network.ts';
import type { CredentialsSource } from './credentials/credentials.ts';
import { createCredentialsSource } from './credentials/credentials-source.ts';
import type { FindPerson } from './credentials/sign-in/person.ts';
import { lazyAwsServices } from './lazy-services.ts';
import type { AwsServices, AwsServicesOptions } from './services.ts';
import { readProfileCaBundle } from './shared-config.ts';
import {
  createUpgradeSigner,
  whyWithoutCredentials,
  type UpgradeSigner,
} from './signing/upgrade-signer.ts';

/** What the calls of a run share. */
export type RunAws = Pick<AwsServicesOptions, 'network' | 'credentials'>;

/** What a run's calls to AWS are made of. */
export interface RunAwsOptions extends Omit<AwsServicesOptions, keyof RunAws> {
  readonly platform: NodeJS.Platform;
  readonly findPerson: FindPerson;
}

/** What a session needs of AWS: to sign its connection, and to be resumed, ended and encrypted. */
export interface SessionAws {
  readonly services: AwsServices;
  readonly signUpgrade: UpgradeSigner;
  readonly network: Network;
  /** Why a session with this stream URL does without credentials, a sentence part; else undefined. */
  readonly whyWithoutCredentials: (streamUrl: string) => string | undefined;
}

/** The network and the credentials of one run, for all its calls to AWS. */
export function createRunAws(options: RunAwsOptions): RunAws {
  const { env, clock, logger, profile } = options;
  const network = createNetwork({
    env,
    clock,
    logger,
    profileCaBundle: () => readProfileCaBundle(profile, env, logger),
  });
  return { network, credentials: createCredentialsSource({ ...options, network }) };
}

/**
 * The part of AWS that every session starts with: reading the shared config files and the signer. It
 * is a file of its own in dist/, because a run without a session needs none of it; the AWS SDK is
 * another, because most sessions need none of that.
 *
 * @param credentials - those of the run, where the session is not all of it
 */
export function createSessionAws(
  options: RunAwsOptions,
  credentials: CredentialsSource | undefined,
): SessionAws {
  const run = createRunAws(options);
  const services = lazyAwsServices({
    ...options,
    network: run.network,
    credentials: credentials ?? run.credentials,
  });
  return {
    services,
    signUpgrade: createUpgradeSigner(options, services),
    network: run.network,
    whyWithoutCredentials: (streamUrl) => whyWithoutCredentials(streamUrl, options.env),
  };
}
