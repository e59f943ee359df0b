import { errorText } from '../../lib/errors/error-text.ts';
import type { CredentialCalls } from '../aws.ts';
import type { AwsOptions, Environment } from '../aws-options.ts';
import { configuredEndpoints } from '../endpoint.ts';
import { readSharedConfig } from '../shared-config.ts';
import { signUpgrade } from './sign-upgrade.ts';
import { isPresigned, checkStreamUrl, type StreamUrlVerdict } from './signing-policy.ts';

/** With the value `true` the connection uses no credentials. */
const SKIP_VARIABLE = 'SSM_PLUGIN_SKIP_CLIENT_CONFIGURE';

/**
 * The headers that sign the upgrade request to a stream URL. Empty when it must not be signed, without
 * credentials, or when signing fails: that is logged, and the connection is tried unsigned
 * (docs/design/protocol.md#signed-upgrade). Never rejects.
 */
export type UpgradeSigner = (streamUrl: string) => Promise<Readonly<Record<string, string>>>;

/**
 * Why a session uses no credentials, as a sentence part: its connection is not signed then, and it
 * cannot be resumed (docs/design/protocol.md#signed-upgrade). Undefined when it uses them.
 */
export function noCredentialsReason(streamUrl: string, env: Environment): string | undefined {
  if (env[SKIP_VARIABLE]?.toLowerCase() === 'true') return `${SKIP_VARIABLE} is set`;
  return URL.canParse(streamUrl) && isPresigned(new URL(streamUrl))
    ? 'the address of the session is already signed'
    : undefined;
}

/** What signing depends on. */
export type SignerOptions = Omit<AwsOptions, 'network' | 'credentials' | 'reportWait'>;

/** Signs with the current credentials of the run at each call. */
export function createUpgradeSigner(
  options: SignerOptions,
  aws: Pick<CredentialCalls, 'credentials'>,
): UpgradeSigner {
  const { env, logger } = options;
  return async (streamUrl) => {
    try {
      const reason = noCredentialsReason(streamUrl, env);
      if (reason !== undefined) {
        logger.info(`the connection is not signed: ${reason}`);
        return {};
      }
      const verdict = await judge(streamUrl, options);
      if (verdict.kind !== 'sign') {
        logger.info(`the connection is not signed: ${verdict.reason}`);
        return {};
      }
      const credentials = await aws.credentials();
      const now = options.clock.now();
      return signUpgrade({ url: streamUrl, region: options.region, credentials, now });
    } catch (error) {
      logger.warn(`the connection is not signed: ${errorText(error)}`);
      return {};
    }
  };
}

/** Reads the shared files only for a host that is neither local nor a message gateway of AWS. */
async function judge(streamUrl: string, options: SignerOptions): Promise<StreamUrlVerdict> {
  const verdict = checkStreamUrl(streamUrl, []);
  if (verdict.kind !== 'unsigned' || verdict.reason !== 'foreign-host') return verdict;
  const config = await readSharedConfig(options.profile, options.env, options.logger);
  return checkStreamUrl(streamUrl, configuredEndpoints(options.endpoint, options.env, config));
}
