import type { CredentialsSource } from './credentials.ts';
import { resolveCredentials, type ResolveOptions } from './resolve-credentials.ts';
import { promptOnce } from './sign-in/user-prompt.ts';
import { keepCredentials } from './keep-credentials.ts';

/** The credentials of one run: made once, and passed to everything that calls AWS. */
export function createCredentialsSource(options: ResolveOptions): CredentialsSource {
  const resolveOptions = { ...options, findPerson: promptOnce(options.findPerson) };
  return keepCredentials(options.clock, (loadSdk) => resolveCredentials(resolveOptions, loadSdk));
}
