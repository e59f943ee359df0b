import { profileNameOf, type SharedConfig } from '../../aws/shared-config.ts';
import { closestMatch } from '../invocation/edit-distance.ts';
import {
  CommandError,
  type CommandAws,
  type CommandContext,
  type CommonOptions,
} from './command-context.ts';

/**
 * Checks that the profile named by `--profile` or the environment exists. If it does not, keys in the
 * environment may belong to another account than the intended one; the AWS CLI refuses that, too. As the AWS
 * CLI does, it reads the files even when no profile is named.
 *
 * @throws CommandError when neither of the shared files has it, or one cannot be parsed
 */
export async function checkNamedProfile(
  { profile }: Pick<CommonOptions, 'profile'>,
  env: CommandContext['env'],
  sharedConfig: CommandAws['sharedConfig'],
): Promise<void> {
  const config = await sharedConfig();
  // No profile is named.
  if (profileNameOf(profile, env) === profileNameOf('', {})) return;
  if (config.profile !== undefined) return;
  throw new CommandError(
    `there is no profile ${config.profileName} in the shared AWS config and credentials files: ` +
      proposal(config),
  );
}

function proposal({ profileName, sections }: SharedConfig): string {
  const closest = closestMatch(profileName, [...sections.profiles.keys()]);
  return closest === undefined
    ? 'run aws configure list-profiles to list the profiles'
    : `did you mean ${closest}?`;
}
