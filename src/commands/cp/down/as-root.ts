import { quoteForShell } from '../../../lib/quote-for-shell.ts';

/** Makes a script run as the user of the session, or as root without a password. */
export function scriptFor(script: string, sudo: boolean): string {
  return sudo ? `exec sudo -n sh -c ${quoteForShell(script)}` : script;
}

/** `sudo: a password is required`, or `sh: 1: exec: sudo: not found`: the prefix is not translated. */
const REFUSAL = /(?:^|: )sudo: (.+)$/m;

/** Why sudo has not run a script. @param errors - what the command has written to stderr; foreign text */
export function sudoRefusal(errors: string): string | undefined {
  return REFUSAL.exec(errors)?.[1];
}
