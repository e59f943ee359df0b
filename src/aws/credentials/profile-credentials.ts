import type { Logger } from '../../logging/logger.ts';
import { credentialFailures } from '../../failures/credentials.ts';
import { AwsError, isAwsError } from '../sdk/aws-error.ts';
import type { AwsCredentials, LoadSdk } from './credentials.ts';
import type { Environment } from '../aws-options.ts';
import type { ConfigSection, SharedSections } from '../shared-config.ts';
import { keysInEnvironment, keysInProfile } from './static-credentials.ts';
import { assumeRole } from './assume-role.ts';
import { runCredentialProcess } from './credential-process.ts';
import type { UserPrompt, SignInPrompt } from './sign-in/user-prompt.ts';
import { findSsoSession, type SsoSession } from './sign-in/sso-session.ts';

/** What resolving a profile's credentials depends on. */
export interface ProfileResolution {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly sections: Pick<SharedSections, 'profiles' | 'ssoSessions'>;
  readonly userPrompt: UserPrompt | undefined;
  /** Aborted when the credentials are no longer needed. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly logger: Logger;
  readonly loadSdk: LoadSdk;
  /** Signs the user in, and stores the token where the AWS SDK reads it. */
  readonly signIn: (session: SsoSession, prompt: SignInPrompt) => Promise<void>;
}

/**
 * Resolves the credentials of a profile, through its chain of roles (`source_profile`).
 *
 * @param visited - the profiles of the chain before this one
 * @throws AwsError
 */
export async function askProfile(
  profileName: string,
  resolution: ProfileResolution,
  visited: readonly string[] = [],
): Promise<AwsCredentials> {
  const settings = resolution.sections.profiles.get(profileName);
  if (settings === undefined) {
    throw new AwsError(
      credentialFailures['source-profile-not-found'](visited.at(-1) ?? '', profileName),
    );
  }
  const keys = keysInProfile(settings);
  // A profile may name itself, for its own keys.
  if (visited.length > 0 && keys !== undefined) return keys;
  if (visited.includes(profileName)) {
    const cycle = [...visited, profileName].join(' → ');
    throw new AwsError(credentialFailures['source-profile-cycle'](profileName, cycle));
  }
  const way = [...visited, profileName];
  if (isRole(settings)) {
    const sourceProfile = textIn(settings, 'source_profile');
    return assumeRole(profileName, settings, resolution, () =>
      sourceProfile === undefined
        ? resolveCredentialSource(
            profileName,
            textIn(settings, 'credential_source') ?? '',
            resolution,
          )
        : askProfile(sourceProfile, resolution, way),
    );
  }
  if (keys !== undefined) return keys;
  const command = textIn(settings, 'credential_process');
  // A web identity takes precedence over a role's source; the other sources do not.
  if (command !== undefined && textIn(settings, 'web_identity_token_file') === undefined) {
    return runCredentialProcess(command, { ...resolution, profileName });
  }
  const source = textIn(settings, 'credential_source');
  if (visited.length > 0 && source !== undefined) {
    return resolveCredentialSource(profileName, source, resolution);
  }
  return resolveWithSignIn(profileName, settings, resolution);
}

/** Credentials from the AWS SDK; after a sign-in, if it has expired and the user agrees. */
async function resolveWithSignIn(
  profileName: string,
  settings: ConfigSection,
  { loadSdk, userPrompt, signIn, sections }: ProfileResolution,
): Promise<AwsCredentials> {
  const sdk = await loadSdk();
  const source = { kind: 'profile', profileName } as const;
  try {
    return await sdk.ask(source);
  } catch (error) {
    const isExpired = isAwsError(error) && error.reason === 'expired-credentials';
    const session = isExpired ? findSsoSession(settings, sections.ssoSessions) : undefined;
    const prompt = userPrompt?.signIn;
    if (session === undefined || prompt === undefined) throw error;
    if (!(await prompt.confirm(profileName))) throw error;
    await signIn(session, prompt);
    return sdk.ask(source);
  }
}

/** Whether other credentials assume the profile's role; with a web identity the AWS SDK does. */
function isRole(settings: ConfigSection): boolean {
  const sources = ['source_profile', 'credential_source'].filter(
    (name) => textIn(settings, name) !== undefined,
  );
  return textIn(settings, 'role_arn') !== undefined && sources.length === 1;
}

async function resolveCredentialSource(
  profileName: string,
  name: string,
  { env, loadSdk }: ProfileResolution,
): Promise<AwsCredentials> {
  if (name !== 'Environment') {
    return (await loadSdk()).ask({ kind: 'credential-source', profileName, name });
  }
  const keys = keysInEnvironment(env);
  if (keys !== undefined) return keys;
  throw new AwsError(credentialFailures['credential-source-empty'](profileName));
}

/** A setting that is set. */
function textIn(settings: ConfigSection, name: string): string | undefined {
  const text = settings[name];
  return text === '' ? undefined : text;
}
