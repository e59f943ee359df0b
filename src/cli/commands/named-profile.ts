import { profileNameOf, type SharedConfig } from '../../aws/shared-config.ts';
import { nearestWord } from '../nearest-word.ts';
import { CommandError, type CommandContext, type CommonOptions } from './command-context.ts';

/** Sections of the configuration that are no profiles. */
const OTHER_SECTION = /^(?:services|sso-session)\./;

/**
 * Checks that the profile is there that `--profile` or the environment names. Without it, keys in the
 * environment may lead to another account than the one that is meant; the AWS CLI refuses it, too.
 *
 * @throws CommandError when neither of the shared files has it
 */
export async function checkNamedProfile(
  { profile }: Pick<CommonOptions, 'profile'>,
  env: CommandContext['env'],
  sharedConfig: CommandContext['sharedConfig'],
): Promise<void> {
  // Nobody has named any.
  if (profileNameOf(profile, env) === profileNameOf('', {})) return;
  const config = await sharedConfig();
  if (config.profile !== undefined) return;
  throw new CommandError(
    `there is no profile ${config.profileName} in the shared AWS config and credentials files: ` +
      proposal(config),
  );
}

function proposal({ profileName, sections }: SharedConfig): string {
  const profiles = Object.keys(sections).filter((name) => !OTHER_SECTION.test(name));
  const nearest = nearestWord(profileName, profiles);
  return nearest === undefined
    ? 'aws configure list-profiles lists those there are'
    : `did you mean ${nearest}?`;
}
