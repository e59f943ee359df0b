import { quoteForShell } from '../lib/quote-for-shell.ts';

/** The option that names a profile in a command to paste; empty for the default profile. */
export function profileOption(profile: string): string {
  return profile === 'default' || profile === '' ? '' : ` --profile ${quoteForShell(profile)}`;
}
