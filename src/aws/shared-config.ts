import type { Logger } from '../logging/logger.ts';
import type { Environment } from './aws-options.ts';
import { expandHome, sharedFilePaths } from './shared-files/file-paths.ts';
import { mergeFiles, type ConfigSection, type SharedSections } from './shared-files/merge-files.ts';
import type { IniSections } from './shared-files/parse-ini.ts';
import { readSharedFile } from './shared-files/read-file.ts';

export type { ConfigSection, SharedSections } from './shared-files/merge-files.ts';

/** The content of the shared files. */
export interface SharedConfig {
  /** Name of the profile in use. */
  readonly profileName: string;
  /** Its settings from both files; undefined when neither has it. */
  readonly profile: ConfigSection | undefined;
  /** The `[services …]` section the profile names: keys like `ssm.endpoint_url`. */
  readonly services: ConfigSection;
  /** All sections: a profile may get its credentials from another one. */
  readonly sections: SharedSections;
  /**
   * Why a file cannot be parsed: a sentence that names the file and the line. The file counts as empty
   * then. Undefined without a fault.
   */
  readonly fault: string | undefined;
}

const DEFAULT_PROFILE = 'default';

/**
 * The name of the profile in use: the one that the caller named, else AWS_PROFILE, else AWS_DEFAULT_PROFILE,
 * else `default`.
 */
export function profileNameOf(profile: string, env: Environment): string {
  for (const name of [profile, env['AWS_PROFILE'], env['AWS_DEFAULT_PROFILE']]) {
    if (name !== undefined && name !== '') return name;
  }
  return DEFAULT_PROFILE;
}

/**
 * Reads the shared config and credentials files as the AWS CLI reads them, every time anew: a session
 * outlives the keys in them. A missing file counts as empty; so does one that cannot be read or parsed, and
 * that is logged. Never rejects: a fault in a file must not affect what does not need the file.
 *
 * @param profile - the name that the caller passed; may be empty
 */
export async function readSharedConfig(
  profile: string,
  env: Environment,
  logger: Logger,
): Promise<SharedConfig> {
  const paths = sharedFilePaths(env);
  const [config, credentials] = await Promise.all([
    readOne('config', paths.config, logger),
    readOne('credentials', paths.credentials, logger),
  ]);
  const sections = mergeFiles(config.sections, credentials.sections);
  const profileName = profileNameOf(profile, env);
  const settings = sections.profiles.get(profileName);
  return {
    profileName,
    profile: settings,
    services: sections.services.get(settings?.['services'] ?? '') ?? {},
    sections,
    fault: config.fault ?? credentials.fault,
  };
}

interface OneFile {
  readonly sections: IniSections;
  readonly fault?: string;
}

async function readOne(name: string, path: string, logger: Logger): Promise<OneFile> {
  const outcome = await readSharedFile(path);
  switch (outcome.kind) {
    case 'read':
      return { sections: outcome.sections };
    case 'absent':
      return { sections: new Map() };
    case 'unreadable':
      logger.warn(`the AWS ${name} file ${path} cannot be read`);
      return { sections: new Map() };
    case 'broken': {
      const fault = `The AWS ${name} file ${path} cannot be parsed: ${outcome.why}`;
      logger.warn(fault);
      return { sections: new Map(), fault };
    }
  }
}

/** The file of certificates the profile adds to the trusted ones (`ca_bundle`), if it names one. */
export async function readProfileCaBundle(
  profile: string,
  env: Environment,
  logger: Logger,
): Promise<string | undefined> {
  const path = (await readSharedConfig(profile, env, logger)).profile?.['ca_bundle'];
  return path === undefined ? undefined : expandHome(path, env);
}
