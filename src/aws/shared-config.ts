import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { parseKnownFiles } from '@smithy/shared-ini-file-loader';
import type { Logger } from '../logging/logger.ts';
import type { Environment } from './services.ts';

/** The settings of one section of the shared config and credentials files. */
export type ConfigSection = Readonly<Record<string, string | undefined>>;

/** What the shared files say. */
export interface SharedConfig {
  /** Name of the profile that counts. */
  readonly profileName: string;
  /** Its settings from both files; undefined when neither has it. */
  readonly profile: ConfigSection | undefined;
  /** The `[services …]` section the profile names: keys like `ssm.endpoint_url`. */
  readonly services: ConfigSection;
  /** All sections by name, profiles under their own: a profile may get its credentials by another. */
  readonly sections: Readonly<Record<string, ConfigSection | undefined>>;
}

const DEFAULT_PROFILE = 'default';

/**
 * The profile that counts: the one the caller named, else AWS_PROFILE, else AWS_DEFAULT_PROFILE,
 * else `default`.
 */
export function profileNameOf(profile: string, env: Environment): string {
  for (const name of [profile, env['AWS_PROFILE'], env['AWS_DEFAULT_PROFILE']]) {
    if (name !== undefined && name !== '') return name;
  }
  return DEFAULT_PROFILE;
}

/**
 * Reads the shared config and credentials files (AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, or
 * those in `~/.aws`), every time anew: a session outlives the keys in them. A file that is not there
 * says nothing; one that cannot be read says nothing either, and that is logged. Never rejects.
 *
 * @param profile - the name the caller gave; may be empty
 */
export async function readSharedConfig(
  profile: string,
  env: Environment,
  logger: Logger,
): Promise<SharedConfig> {
  const profileName = profileNameOf(profile, env);
  const configFile = pathOf(env, 'AWS_CONFIG_FILE', 'config');
  const credentialsFile = pathOf(env, 'AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  try {
    const [sections] = await Promise.all([
      readSections(configFile, credentialsFile),
      warnWhenUnreadable(configFile, logger),
      warnWhenUnreadable(credentialsFile, logger),
    ]);
    const settings = sections[profileName];
    const services = settings?.['services'];
    return {
      profileName,
      profile: settings,
      services: (services === undefined ? undefined : sections[`services.${services}`]) ?? {},
      sections,
    };
  } catch {
    logger.warn(
      `the AWS configuration in ${configFile} and ${credentialsFile} cannot be understood`,
    );
    return { profileName, profile: undefined, services: {}, sections: {} };
  }
}

function readSections(
  configFilepath: string,
  filepath: string,
): Promise<Readonly<Record<string, ConfigSection | undefined>>> {
  return parseKnownFiles({ configFilepath, filepath, ignoreCache: true });
}

/** The file of certificates the profile adds to the trusted ones (`ca_bundle`), if it names one. */
export async function readProfileCaBundle(
  profile: string,
  env: Environment,
  logger: Logger,
): Promise<string | undefined> {
  const path = (await readSharedConfig(profile, env, logger)).profile?.['ca_bundle'];
  return path?.startsWith('~/') === true ? join(homeOf(env), path.slice(2)) : path;
}

function homeOf(env: Environment): string {
  return env['HOME'] ?? env['USERPROFILE'] ?? '';
}

function pathOf(env: Environment, variable: string, name: string): string {
  const path = env[variable];
  if (path !== undefined && path !== '') return path;
  return join(homeOf(env), '.aws', name);
}

async function warnWhenUnreadable(path: string, logger: Logger): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isAbsent) logger.warn(`the AWS configuration file ${path} cannot be read`);
  }
}
