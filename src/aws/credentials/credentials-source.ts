import type { CredentialsSource } from './credentials.ts';
import { resolveCredentials, type ResolveOptions } from './resolve-credentials.ts';
import { promptOnce } from './sign-in/person.ts';
import { keepCredentials } from './keep-credentials.ts';

/** The credentials of one run: made once, and passed to everything that calls AWS. */
export function createCredentialsSource(options: ResolveOptions): CredentialsSource {
  const lookUp = { ...options, findPerson: promptOnce(options.findPerson) };
  return keepCredentials(options.clock, (loadSdk) => resolveCredentials(lookUp, loadSdk));
}
