import { readSharedConfig, type SharedConfig } from '../../aws/shared-config.ts';
import type { Logger } from '../../logging/logger.ts';
import { CommandError, type CommandContext } from './command-context.ts';

/**
 * What the shared AWS files say of the profile that counts. A command starts with nothing when one of
 * them cannot be parsed, as the AWS CLI does: what is missing then may be the account that is meant.
 *
 * @param profile - the name the caller gave; may be empty
 * @throws CommandError that names the file and the line
 */
export async function readConfig(
  profile: string,
  env: CommandContext['env'],
  logger: Logger,
): Promise<SharedConfig> {
  const config = await readSharedConfig(profile, env, logger);
  if (config.fault !== undefined) throw new CommandError(config.fault);
  return config;
}
