import { credentialFailures } from '../../../failures/credentials.ts';
import { AwsError } from '../../sdk/aws-error.ts';
import type { CodeQuestion, FindUserPrompt } from './user-prompt.ts';

/**
 * Asks only once in a run for the code of a profile, and only once to sign in for it: a code cannot be
 * used twice, and a user who has declined is not asked again.
 *
 * @throws AwsError from `askCode` the second time
 */
export function promptOnce(findUserPrompt: FindUserPrompt): FindUserPrompt {
  const asked = new Set<string>();
  const offered = new Set<string>();
  return async () => {
    const userPrompt = await findUserPrompt();
    return userPrompt === undefined
      ? undefined
      : {
          ...userPrompt,
          async askCode(question) {
            if (asked.has(question.profileName)) throw alreadyAsked(question);
            asked.add(question.profileName);
            return userPrompt.askCode(question);
          },
          signIn: userPrompt.signIn && {
            ...userPrompt.signIn,
            async confirm(profileName) {
              if (offered.has(profileName)) return false;
              offered.add(profileName);
              return (await userPrompt.signIn?.confirm(profileName)) ?? false;
            },
          },
        };
  };
}

function alreadyAsked({ serial, profileName }: CodeQuestion): AwsError {
  return new AwsError(credentialFailures['mfa-code-used'](profileName, serial));
}
