import { credentialFailures } from '../../failures/credentials.ts';
import { systemCode } from '../../lib/errors/system-error.ts';
import { AwsError } from '../sdk/aws-error.ts';
import type { AwsCredentials } from './credentials.ts';
import type { ConfigSection } from '../shared-config.ts';
import type { ProfileResolution } from './profile-credentials.ts';
import { readRoleCache, roleCachePath, writeRoleCache } from './role-cache.ts';

/**
 * Cached credentials that expire within this time, in milliseconds, are replaced where that is
 * possible: as in the AWS CLI (botocore/credentials.py, `DEFAULT_EXPIRY_WINDOW_SECONDS`).
 */
const CACHE_WINDOW_MS = 15 * 60_000;

/**
 * The credentials of a profile's role: the cached ones of the AWS CLI, else new ones, for which the user
 * may have to enter an MFA code. Without a user to ask, cached ones are used until they expire.
 *
 * @param resolveSource - resolves the credentials that assume the role
 * @throws AwsError
 */
export async function assumeRole(
  profileName: string,
  settings: ConfigSection,
  resolution: ProfileResolution,
  resolveSource: () => Promise<AwsCredentials>,
): Promise<AwsCredentials> {
  const { env, userPrompt, now } = resolution;
  const path = roleCachePath(settings, env);
  const serial = settings['mfa_serial'] ?? '';
  const isCostly = serial !== '';
  const cached = await readRoleCache(path);
  const minRemainingMs = isCostly && userPrompt === undefined ? 0 : CACHE_WINDOW_MS;
  if (cached !== undefined && cached.expiration.getTime() - now() > minRemainingMs) return cached;
  if (isCostly && userPrompt === undefined) throw needsCode(profileName, serial);
  const by = await resolveSource();
  const mfaCode = isCostly ? await userPrompt?.askCode({ profileName, serial }) : undefined;
  const credentials = await (
    await resolution.loadSdk()
  ).assumeRole({ profileName, settings, mfaCode }, by);
  if (isCostly) await keep(path, credentials, resolution);
  return credentials;
}

function needsCode(profileName: string, serial: string): AwsError {
  return new AwsError(credentialFailures['mfa-code-needed'](profileName, serial));
}

async function keep(
  path: string,
  credentials: AwsCredentials,
  { logger }: Pick<ProfileResolution, 'logger'>,
): Promise<void> {
  try {
    await writeRoleCache(path, credentials);
  } catch (error) {
    const code = systemCode(error) || 'unknown error';
    logger.warn(`cannot store the credentials of the role in ${path}: ${code}`);
  }
}
