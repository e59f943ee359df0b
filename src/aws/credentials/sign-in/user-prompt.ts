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

/** For runs in which no user can be asked. */
export const noUserPrompt: FindUserPrompt = () => Promise.resolve(undefined);

/** Names of the errors of a prompt that the user left, or that a signal closed (@inquirer/core). */
const PROMPT_ERRORS: ReadonlySet<string> = new Set(['ExitPromptError', 'AbortPromptError']);

/** Whether the user left a prompt, or a signal closed it: the command ends, and reports nothing. */
export function isPromptCancelled(error: unknown): boolean {
  return error instanceof Error && PROMPT_ERRORS.has(error.name);
}
