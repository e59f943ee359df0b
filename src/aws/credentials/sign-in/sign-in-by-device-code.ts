import type { Clock } from '../../../lib/clock.ts';
import type { SignInPrompt } from './user-prompt.ts';
import type { Oidc, Registration, SsoToken } from './sso-oidc.ts';
import type { SsoSession } from './sso-session.ts';

/** The time between requests when the service sets none, in milliseconds (RFC 8628, section 3.2). */
const DEFAULT_INTERVAL_MS = 5_000;
/** How much longer to wait when the service requires it, in milliseconds (RFC 8628, section 3.5). */
const SLOW_DOWN_MS = 5_000;

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/** Signs in by a code that the user confirms in a browser, on any device (RFC 8628). */
export async function signInByDeviceCode(
  { startUrl, scopes }: SsoSession,
  oidc: Oidc,
  prompt: SignInPrompt,
  clock: Clock,
): Promise<readonly [Registration, SsoToken]> {
  const registration = await oidc.register({ scopes });
  const device = await oidc.startDeviceAuthorization(registration, startUrl);
  prompt.show(
    `Open ${device.verificationUri} in a browser, on any device, and enter the code ${device.userCode}\n` +
      `or open ${device.verificationUriComplete}`,
  );
  if (prompt.hasBrowser) prompt.openBrowser(device.verificationUriComplete);
  let intervalMs = device.intervalMs ?? DEFAULT_INTERVAL_MS;
  // The service ends the loop with an error when the code has expired.
  for (;;) {
    await pause(clock, intervalMs);
    try {
      const grant = { grantType: GRANT_TYPE, deviceCode: device.deviceCode };
      return [registration, await oidc.createToken(registration, grant)];
    } catch (error) {
      const pending = oidc.pending(error);
      if (pending === undefined) throw error;
      if (pending === 'slower') intervalMs += SLOW_DOWN_MS;
    }
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
