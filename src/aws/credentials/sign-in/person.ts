import { AwsError } from '../../sdk/aws-error.ts';

/** The code of an MFA device that a person is asked for. */
export interface CodeQuestion {
  /** The profile whose role needs it. */
  readonly profileName: string;
  /** The device, as `mfa_serial` names it. */
  readonly serial: string;
}

/** How a person signs in at IAM Identity Center. */
export interface SignInPrompt {
  /** Whether a browser can be opened on this machine. */
  readonly hasBrowser: boolean;
  /**
   * Whether the person wants to sign in now.
   *
   * @param profileName - the profile whose sign-in has expired
   * @throws an error that {@link isPromptLeft} knows when the person leaves with Ctrl-C
   */
  confirm(profileName: string): Promise<boolean>;
  /** Shows what to do. */
  show(text: string): void;
  /** Opens the person's browser; when that fails, they do it themselves. */
  openBrowser(url: string): void;
}

/**
 * A person at a terminal. Only commands of the program's own have one, and only before a session: it
 * is absent where keys belong to a session, in the plugin form, and in pipes. Where it is absent,
 * nothing asks and nothing waits.
 */
export interface Person {
  /**
   * Asks for the code of an MFA device.
   *
   * @throws an error that {@link isPromptLeft} knows when the person leaves with Ctrl-C
   */
  askCode(question: CodeQuestion): Promise<string>;
  /** Undefined when the person does not want to be asked, with `--no-login`. */
  readonly signIn: SignInPrompt | undefined;
}

/** Finds out whether there is a person right now. */
export type FindPerson = () => Promise<Person | undefined>;

/**
 * Has a person asked only once a run for the code of a profile, and to sign in for it: what was asked
 * for has been used, and who said no is not asked again.
 *
 * @throws AwsError from `askCode` the second time
 */
export function askingOnce(findPerson: FindPerson): FindPerson {
  const asked = new Set<string>();
  const offered = new Set<string>();
  return async () => {
    const person = await findPerson();
    return person === undefined
      ? undefined
      : {
          ...person,
          async askCode(question) {
            if (asked.has(question.profileName)) throw askedAlready(question);
            asked.add(question.profileName);
            return person.askCode(question);
          },
          signIn: person.signIn && {
            ...person.signIn,
            async confirm(profileName) {
              if (offered.has(profileName)) return false;
              offered.add(profileName);
              return (await person.signIn?.confirm(profileName)) ?? false;
            },
          },
        };
  };
}

function askedAlready({ serial, profileName }: CodeQuestion): AwsError {
  return new AwsError(
    'no-credentials',
    `the code of MFA device ${serial} for profile ${profileName} was already used and did not work: start again with a new code`,
  );
}

/** There is no person to ask. */
export const noPerson: FindPerson = () => Promise.resolve(undefined);

/** Names of the errors with which a prompt says that it was left, or closed by a signal (@inquirer/core). */
const PROMPT_ERRORS: ReadonlySet<string> = new Set(['ExitPromptError', 'AbortPromptError']);

/** Whether the person left a prompt, or a signal closed it: the command ends, and reports nothing. */
export function isPromptLeft(error: unknown): boolean {
  return error instanceof Error && PROMPT_ERRORS.has(error.name);
}
