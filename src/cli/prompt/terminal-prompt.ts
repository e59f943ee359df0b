import { credentialFailures } from '../../failures/credentials.ts';
import { AwsError } from '../../aws/sdk/aws-error.ts';
import type { UserPrompt, SignInPrompt } from '../../aws/credentials/sign-in/user-prompt.ts';
import { printable } from '../../lib/printable.ts';
import type { CommandContext } from '../framework/command-context.ts';
import { wrapText } from '../output/wrap-text.ts';
import { browserCommand, openBrowser } from './open-browser.ts';
import { releaseTerminal } from '../progress/release-terminal.ts';
import { canPrompt, prompt } from './prompt.ts';

/** What `TokenCode` of AssumeRole may be (Security Token Service API). */
const CODE = /^\d{6}$/;
const YES_OR_NO = /^(?:y|yes|n|no)?$/i;
/** Enter alone means yes. */
const YES = /^(?:y|yes)?$/i;
const TYPED_YES = /^(?:y|yes)$/i;

/**
 * The person at the terminal that a command was started in, while no session has its keys and the
 * command is in the foreground; undefined when there is no person to ask.
 */
export async function findTerminalPrompt(context: CommandContext): Promise<UserPrompt | undefined> {
  if (!canPrompt(context) || context.sessions.signals.areAcquired) return undefined;
  if (!(await context.terminal.inForeground())) return undefined;
  return {
    async askCode({ profileName, serial }) {
      const message = `Code of MFA device ${serial} (profile ${profileName}):`;
      const code = await ask(context, message, CODE, 'The code has 6 digits.');
      if (code !== undefined) return code;
      throw new AwsError(credentialFailures['mfa-code-missing'](serial));
    },
    releaseTerminal: () => releaseTerminal(context),
    signIn: context.options.login ? signInPrompt(context) : undefined,
  };
}

/** Asks for a text. @returns undefined when the input ends */
export function askForText(
  context: CommandContext,
  question: string,
  format: { readonly pattern: RegExp; readonly problem: string },
): Promise<string | undefined> {
  return ask(context, question, format.pattern, format.problem);
}

/** Asks a question whose answer is no unless the person types yes. The input may end, which also means no. */
export async function askForYes(context: CommandContext, question: string): Promise<boolean> {
  const answer = await ask(context, `${question} (y/N)`, YES_OR_NO, 'Type y or n.');
  return answer !== undefined && TYPED_YES.test(answer);
}

function signInPrompt(context: CommandContext): SignInPrompt {
  const browser = browserCommand(context.platform, context.env);
  return {
    hasBrowser: browser !== undefined,
    async confirm(profileName) {
      const message = `The sign-in of profile ${profileName} has expired. Sign in now? (Y/n)`;
      const answer = await ask(context, message, YES_OR_NO, 'Type y or n.');
      return answer !== undefined && YES.test(answer);
    },
    show(text) {
      context.waits.abandon();
      context.output.status.clear();
      // The person waits for it, also with --quiet.
      for (const line of text.split('\n')) context.output.messages.write(`${printable(line)}\n`);
    },
    openBrowser(url) {
      if (browser !== undefined) openBrowser(browser, url, context.platform, context.env);
    },
  };
}

/** @returns the answer; undefined when the input ends */
async function ask(
  context: CommandContext,
  message: string,
  pattern: RegExp,
  patternError: string,
): Promise<string | undefined> {
  const { default: input } = await import('@inquirer/input');
  const theme = context.options.color ? {} : { theme: PLAIN_THEME };
  // The library breaks words.
  const width = context.terminal.window.size()?.cols ?? Infinity;
  const lines = wrapText(printable(message), width - PREFIX_CELLS);
  return prompt(context, (shown) =>
    input({ message: lines.join('\n'), pattern, patternError, ...theme }, shown),
  );
}

/** The sign and the blank before a question. */
const PREFIX_CELLS = 2;

/** How a prompt looks without colors. */
const PLAIN_THEME = {
  prefix: { idle: '?', done: '>' },
  style: { answer: plain, message: plain, error: plain },
} as const;

function plain(text: string): string {
  return text;
}
