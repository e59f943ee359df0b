import { credentialFailures } from '../../../failures/credentials.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Network } from '../../../network/network.ts';
import { AwsError, isAwsError } from '../../sdk/aws-error.ts';
import { describeFailure } from '../../sdk/describe-failure.ts';
import { resolveEndpoint } from '../../endpoint.ts';
import type { Environment } from '../../aws-options.ts';
import type { SharedConfig } from '../../shared-config.ts';
import { writePrivateJson } from '../../../lib/private-file.ts';
import { createOidc, type Oidc, type Registration, type SsoToken } from './sso-oidc.ts';
import type { SignInPrompt } from './user-prompt.ts';
import { signInByBrowser } from './sign-in-by-browser.ts';
import { signInByDeviceCode } from './sign-in-by-device-code.ts';
import { ssoTokenPath, type SsoSession } from './sso-session.ts';

/** What a sign-in depends on. */
export interface SignInOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly network: Network;
  readonly config: SharedConfig;
}

/**
 * Signs the user in at IAM Identity Center, and stores the token where the AWS CLI and the AWS SDK read
 * it. It uses the browser, as the AWS CLI does. If this machine has no browser, or the profile has the
 * older settings, the user enters a code in a browser on any device.
 *
 * @throws AwsError
 */
export async function signIn(
  session: SsoSession,
  prompt: SignInPrompt,
  options: SignInOptions,
): Promise<void> {
  const { env, clock, config } = options;
  const endpoint = resolveEndpoint('sso_oidc', '', env, config);
  const oidc = createOidc(session.region, endpoint, options);
  try {
    const [registration, token] =
      session.name !== undefined && prompt.hasBrowser
        ? await signInByBrowser(session, oidc, prompt, clock)
        : await signInByDeviceCode(session, oidc, prompt, clock);
    await writePrivateJson(
      ssoTokenPath(session, env),
      cacheContents(session, registration, token, clock),
    );
  } catch (error) {
    throw isAwsError(error) ? error : failure(error, session, oidc);
  }
}

function failure(error: unknown, { startUrl }: SsoSession, oidc: Oidc): AwsError {
  const why = oidc.whyEnded(error);
  return why === undefined
    ? describeFailure(error, {
        action: 'signing in',
        object: startUrl,
        purpose: `sign in at ${startUrl}`,
      })
    : new AwsError(credentialFailures['sign-in-failed'](startUrl, why));
}

/** As the AWS CLI writes it (botocore/utils.py, `SSOTokenFetcher`). */
function cacheContents(
  session: SsoSession,
  { clientId, clientSecret, expiresAt }: Registration,
  token: SsoToken,
  clock: Clock,
): Record<string, string> {
  return {
    startUrl: session.startUrl,
    region: session.region,
    accessToken: token.accessToken,
    expiresAt: timeText(clock.now() + token.expiresInMs),
    clientId,
    clientSecret,
    registrationExpiresAt: timeText(expiresAt),
    ...(token.refreshToken === undefined ? {} : { refreshToken: token.refreshToken }),
  };
}

/** ISO 8601 in whole seconds. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
