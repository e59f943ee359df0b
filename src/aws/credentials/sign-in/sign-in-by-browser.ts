import { credentialFailures } from '../../../failures/credentials.ts';
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../lib/clock.ts';
import { withTimeout } from '../../../lib/with-timeout.ts';
import { AwsError } from '../../sdk/aws-error.ts';
import { listenForCallback, type Callback } from './browser-callback.ts';
import type { SignInPrompt } from './user-prompt.ts';
import type { Oidc, Registration, SsoToken } from './sso-oidc.ts';
import type { SsoSession } from './sso-session.ts';

/** The scope that is requested when none is configured (AWS CLI, `_AUTH_GRANT_DEFAULT_SCOPE`). */
const DEFAULT_SCOPE = 'sso:account:access';
/** Time limit for the sign-in in the browser, in milliseconds: as in the AWS CLI. */
const BROWSER_LIMIT_MS = 10 * 60_000;
/** Random bytes of the verifier: 43 characters, the minimum (RFC 7636, section 4.1). */
const VERIFIER_BYTES = 32;
const STATE_BYTES = 16;

/**
 * Signs in by the user's browser, which sends the authorization code to a port of this machine
 * (RFC 8252, with the proof key of RFC 7636).
 */
export async function signInByBrowser(
  { startUrl, scopes: configured }: SsoSession,
  oidc: Oidc,
  prompt: SignInPrompt,
  clock: Clock,
): Promise<readonly [Registration, SsoToken]> {
  const scopes = configured.length === 0 ? [DEFAULT_SCOPE] : configured;
  const callback = await listenForCallback();
  try {
    const registration = await oidc.register({
      scopes,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: [callback.registeredUri],
      issuerUrl: startUrl,
    });
    const codeVerifier = randomBytes(VERIFIER_BYTES).toString('base64url');
    const state = randomBytes(STATE_BYTES).toString('hex');
    const url = `${oidc.url}/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: registration.clientId,
      redirect_uri: callback.uri,
      state,
      code_challenge_method: 'S256',
      scopes: scopes.join(' '),
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    }).toString()}`;
    prompt.show(`Sign in with your browser. If it does not open by itself, open ${url}`);
    prompt.openBrowser(url);
    const code = await withTimeout(clock, BROWSER_LIMIT_MS, codeFrom(callback, state), () => {
      throw refused('it was not finished within 10 minutes');
    });
    const grant = {
      grantType: 'authorization_code',
      redirectUri: callback.uri,
      codeVerifier,
      code,
    };
    return [registration, await oidc.createToken(registration, grant)];
  } finally {
    callback.close();
  }
}

async function codeFrom({ answer }: Callback, state: string): Promise<string> {
  const query = await answer;
  const code = query.get('code');
  if (code === null) throw refused('the request was denied in the browser');
  // Another program on this machine has sent it.
  if (query.get('state') !== state)
    throw refused('the browser returned the answer to another sign-in');
  return code;
}

function refused(why: string): AwsError {
  return new AwsError(credentialFailures['sign-in-failed']('', why));
}
