import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Network } from '../../network/network.ts';
import { printable } from '../../lib/printable.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { credentialFailures } from '../../failures/credentials.ts';
import { AwsError, isAwsError } from '../sdk/aws-error.ts';
import type { AwsCredentials, LoadSdk } from './credentials.ts';
import type { FoundCredentials } from './keep-credentials.ts';
import type { FindUserPrompt, SignInPrompt } from './sign-in/user-prompt.ts';
import type { SsoSession } from './sign-in/sso-session.ts';
import { renewalHint } from './renew-credentials.ts';
import type { Environment } from '../aws-options.ts';
import { readSharedConfig, type SharedConfig } from '../shared-config.ts';
import {
  findCredentialSource,
  findEnvironmentKeys,
  type CredentialSource,
} from './static-credentials.ts';

/**
 * Time limit when nothing is configured, in milliseconds. On a machine in AWS its metadata address answers in
 * a few milliseconds; elsewhere it may never answer. Loading the AWS SDK takes another tenth of a second, so
 * the start is delayed by less than one second.
 */
const MACHINE_CREDENTIALS_TIMEOUT_MS = 800;

/**
 * Time limit for a configured source, in milliseconds: IAM Identity Center, roles and a credential
 * process take seconds over slow networks. When a user can be asked there is no limit: the user may take
 * any time to answer, and can leave with Ctrl-C.
 */
export const CONFIGURED_CREDENTIALS_TIMEOUT_MS = 30_000;

/** What resolving credentials depends on. */
export interface ResolveOptions {
  /** The name that the caller passed; may be empty. */
  readonly profile: string;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly findUserPrompt: FindUserPrompt;
  /** For a sign-in. */
  readonly network: Network;
}

/**
 * Resolves credentials: keys in the environment or in the profile at once, others at their source, with
 * a time limit unless a user can be asked.
 *
 * @param loadSdk - loads the AWS SDK's sources
 * @throws AwsError `no-credentials`, `expired-credentials`, `credentials-timeout` or the
 *   reason that the source failed
 */
export async function resolveCredentials(
  options: ResolveOptions,
  loadSdk: LoadSdk,
): Promise<FoundCredentials> {
  const { profile, env, logger } = options;
  // With keys in the environment, the files are not even read.
  const keys = findEnvironmentKeys(profile, env);
  if (keys !== undefined) return { credentials: keys, isStatic: true };
  const config = await readSharedConfig(profile, env, logger);
  const source = findCredentialSource(profile, env, config);
  if (source.kind === 'static') return { credentials: source.credentials, isStatic: true };
  if (source.kind === 'no-such-profile') {
    throw new AwsError(
      config.fault === undefined
        ? credentialFailures['profile-not-found'](printable(source.profileName))
        : credentialFailures['aws-file-unreadable'](config.fault),
    );
  }
  try {
    const credentials = await resolveSource(source, options, config, loadSdk);
    return { credentials, isStatic: false };
  } catch (error) {
    throw isAwsError(error) ? await renewalHint(error, options) : error;
  }
}

function resolveSource(
  source: Extract<CredentialSource, { readonly kind: 'profile' | 'environment' | 'machine' }>,
  options: ResolveOptions,
  config: SharedConfig,
  loadSdk: LoadSdk,
): Promise<AwsCredentials> {
  switch (source.kind) {
    case 'profile':
      return askConfigured(options, config, loadSdk);
    case 'environment':
      return withSourceTimeout(
        options.clock,
        loadSdk().then((sdk) => sdk.ask(source)),
      );
    case 'machine':
      return askMachine(options, config, loadSdk);
  }
}

async function askConfigured(
  { env, platform, clock, logger, network, findUserPrompt }: ResolveOptions,
  config: SharedConfig,
  loadSdk: LoadSdk,
): Promise<AwsCredentials> {
  const { profileName, sections } = config;
  const [userPrompt, { askProfile }] = await Promise.all([
    findUserPrompt(),
    import('./profile-credentials.ts'),
  ]);
  const timedOut = new AbortController();
  const now = (): number => clock.now();
  const signIn = async (session: SsoSession, prompt: SignInPrompt): Promise<void> => {
    const part = await import('./sign-in/sign-in.ts');
    await part.signIn(session, prompt, { env, clock, network, config });
  };
  const asked = askProfile(profileName, {
    ...{ env, platform, sections, userPrompt, now, logger, loadSdk, signIn },
    signal: timedOut.signal,
  });
  return userPrompt === undefined ? withSourceTimeout(clock, asked, () => timedOut.abort()) : asked;
}

function withSourceTimeout(
  clock: Clock,
  asked: Promise<AwsCredentials>,
  onTimeout?: () => void,
): Promise<AwsCredentials> {
  return withTimeout(clock, CONFIGURED_CREDENTIALS_TIMEOUT_MS, asked, () => {
    onTimeout?.();
    const seconds = CONFIGURED_CREDENTIALS_TIMEOUT_MS / 1000;
    throw new AwsError(credentialFailures['credentials-timeout'](seconds));
  });
}

async function askMachine(
  { clock, logger }: ResolveOptions,
  { fault }: SharedConfig,
  loadSdk: LoadSdk,
): Promise<AwsCredentials> {
  /** Where a file could not be parsed, the credentials may be in that file. */
  const noneFound = (): AwsError => {
    logger.debug(
      'no AWS credentials: the environment and the shared AWS files contain none, and no instance metadata answered',
    );
    return new AwsError(
      fault === undefined
        ? credentialFailures['no-credentials']()
        : credentialFailures['aws-file-unreadable'](fault),
    );
  };
  const sdk = await loadSdk();
  try {
    return await withTimeout(
      clock,
      MACHINE_CREDENTIALS_TIMEOUT_MS,
      sdk.ask({ kind: 'machine' }),
      () => {
        throw noneFound();
      },
    );
  } catch (error) {
    throw isAwsError(error) && error.reason === 'no-credentials' ? noneFound() : error;
  }
}
