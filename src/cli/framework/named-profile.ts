import { credentialFailures } from '../../failures/credentials.ts';
import { asInput } from '../../lib/errors/failure.ts';
import { printable } from '../../lib/printable.ts';
import { profileNameOf } from '../../aws/shared-config.ts';
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
  const { profileName, sections } = config;
  const nearest = closestMatch(profileName, [...sections.profiles.keys()]);
  // The file of a project may name it.
  const shown = printable(profileName);
  throw new CommandError(asInput(credentialFailures['profile-not-found'](shown, nearest)));
}
