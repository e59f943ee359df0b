import { credentialFailures } from '../../../failures/credentials.ts';
import { AwsError } from '../../sdk/aws-error.ts';

/** A request for the code of an MFA device. */
export interface CodeQuestion {
  /** The profile whose role needs it. */
  readonly profileName: string;
  /** The device, as `mfa_serial` names it. */
  readonly serial: string;
}

/** How the user signs in at IAM Identity Center. */
export interface SignInPrompt {
  /** Whether a browser can be opened on this machine. */
  readonly hasBrowser: boolean;
  /**
   * Whether the user wants to sign in now.
   *
   * @param profileName - the profile whose sign-in has expired
   * @throws an error that {@link isPromptCancelled} knows when the user leaves with Ctrl-C
   */
  confirm(profileName: string): Promise<boolean>;
  /** Shows what to do. */
  show(text: string): void;
  /** Opens the user's browser. If that fails, the user opens the shown address. */
  openBrowser(url: string): void;
}

/**
 * A user at a terminal who can be asked. Only commands of the program have one, and only before a session: a
 * running session receives all keys, and the plugin form and pipes have no prompt. Without a user, nothing
 * asks and nothing waits.
 */
export interface UserPrompt {
  /**
   * Asks for the code of an MFA device.
   *
   * @throws an error that {@link isPromptCancelled} knows when the user leaves with Ctrl-C
   */
  askCode(question: CodeQuestion): Promise<string>;
  /**
   * Leaves the terminal to another program, such as one that asks for a password.
   * @returns ends it: the terminal belongs to this program again
   */
  releaseTerminal(): () => void;
  /** Undefined with `--no-login`: the user does not want to be asked. */
  readonly signIn: SignInPrompt | undefined;
}

/** Checks whether a user can be asked right now. */
export type FindUserPrompt = () => Promise<UserPrompt | undefined>;

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

/** For runs in which no user can be asked. */
export const noUserPrompt: FindUserPrompt = () => Promise.resolve(undefined);

/** Names of the errors of a prompt that the user left, or that a signal closed (@inquirer/core). */
const PROMPT_ERRORS: ReadonlySet<string> = new Set(['ExitPromptError', 'AbortPromptError']);

/** Whether the user left a prompt, or a signal closed it: the command ends, and reports nothing. */
export function isPromptCancelled(error: unknown): boolean {
  return error instanceof Error && PROMPT_ERRORS.has(error.name);
}
