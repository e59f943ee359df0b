import { createNetwork } from '../network/network.ts';
import type { Aws } from './aws.ts';
import type { AwsOptions } from './aws-options.ts';
import type { CredentialsSource } from './credentials/credentials.ts';
import { keepCredentials } from './credentials/keep-credentials.ts';
import { resolveCredentials, type ResolveOptions } from './credentials/resolve-credentials.ts';
import { promptOnce } from './credentials/sign-in/prompt-once.ts';
import type { FindUserPrompt } from './credentials/sign-in/user-prompt.ts';
import { lazyAws } from './lazy-aws.ts';
import type { WaitSubject } from './report-wait.ts';
import { serviceSubject } from './service-subject.ts';
import { readProfileCaBundle } from './shared-config.ts';
import {
  createUpgradeSigner,
  noCredentialsReason,
  type UpgradeSigner,
} from './signing/upgrade-signer.ts';

/** What the calls of one run are made with. */
export interface RunAwsOptions extends Omit<AwsOptions, 'network' | 'credentials'> {
  readonly platform: NodeJS.Platform;
  readonly findUserPrompt: FindUserPrompt;
}

/** What the calls of one session are made with. */
interface SessionAwsOptions extends RunAwsOptions {
  readonly streamUrl: string;
}

/** The calls to AWS of one run: they share its network and its credentials. */
export interface RunAws {
  readonly aws: Aws;
  readonly options: AwsOptions;
}

/** The part of AWS that a session needs: it signs the connection, and makes calls. */
export interface SessionAws extends RunAws {
  readonly signUpgrade: UpgradeSigner;
  /** Why the session uses no credentials, a sentence part; undefined when it uses them. */
  readonly noCredentialsReason: string | undefined;
  /** The message gateway at a URL, as it is shown to the user who waits for it. */
  readonly gatewaySubject: (url: URL) => WaitSubject;
}

/** @param credentials - those of the run, when it has other parts, too */
export function createRunAws(options: RunAwsOptions, credentials?: CredentialsSource): RunAws {
  const { env, clock, logger, profile } = options;
  const network = createNetwork({
    env,
    clock,
    logger,
    profileCaBundle: () => readProfileCaBundle(profile, env, logger),
  });
  const awsOptions = {
    ...options,
    network,
    credentials: credentials ?? createCredentialsSource({ ...options, network }),
  };
  return { aws: lazyAws(awsOptions), options: awsOptions };
}

/**
 * The part of AWS that every session starts with: it reads the shared config files and signs. In dist/ it is
 * a part of a session's file, and has its own file for commands. The AWS SDK is in other files, because most
 * sessions do not need it.
 *
 * @param credentials - those of the run, when it has other parts, too
 */
export function createSessionAws(
  { streamUrl, ...options }: SessionAwsOptions,
  credentials: CredentialsSource | undefined,
): SessionAws {
  const run = createRunAws(options, credentials);
  return {
    ...run,
    signUpgrade: createUpgradeSigner(options, run.aws),
    noCredentialsReason: noCredentialsReason(streamUrl, options.env),
    gatewaySubject: (url) => serviceSubject('ssmmessages', options.region, url, options.env),
  };
}

/** The credentials of one run: made once, and passed to everything that calls AWS. */
export function createCredentialsSource(options: ResolveOptions): CredentialsSource {
  const resolveOptions = { ...options, findUserPrompt: promptOnce(options.findUserPrompt) };
  return keepCredentials(options.clock, (loadSdk) => resolveCredentials(resolveOptions, loadSdk));
}
