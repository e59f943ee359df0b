import { AwsError } from '../../aws/aws-error.ts';
import type { Person } from '../../aws/credentials/person.ts';
import { printable } from '../../printable.ts';
import type { CommandContext } from './command-context.ts';
import { canPrompt, prompt } from './prompt.ts';

/** What `TokenCode` of AssumeRole may be (Security Token Service API). */
const CODE = /^\d{6}$/;

/**
 * The person at the terminal that a command was started in, while no session has its keys and the
 * command is in the foreground; undefined when nobody can be asked.
 */
export async function findPersonAtTerminal(context: CommandContext): Promise<Person | undefined> {
  if (!canPrompt(context) || context.signals.areLent) return undefined;
  if (!(await context.terminal.inForeground())) return undefined;
  return {
    async askCode({ profileName, serial }) {
      const { default: input } = await import('@inquirer/input');
      const code = await prompt(context, (shown) =>
        input(
          {
            message: printable(`Code of MFA device ${serial} (profile ${profileName}):`),
            pattern: CODE,
            patternError: 'The code has 6 digits.',
            ...(context.options.color ? {} : { theme: PLAIN_THEME }),
          },
          shown,
        ),
      );
      if (code !== undefined) return code;
      throw new AwsError('no-credentials', `no code of MFA device ${serial} was given`);
    },
  };
}

/** How the prompt looks without colors. */
const PLAIN_THEME = {
  prefix: { idle: '?', done: '>' },
  style: { answer: plain, message: plain, error: plain },
} as const;

function plain(text: string): string {
  return text;
}
