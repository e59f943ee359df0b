import type { CredentialsSource } from './credentials.ts';
import { lookUpCredentials, type LookUpOptions } from './resolve-credentials.ts';
import { askingOnce } from './sign-in/person.ts';
import { keepCredentials } from './keep-credentials.ts';

/** Where one run gets its credentials from: made once, and handed to everything that calls AWS. */
export function createCredentialsSource(options: LookUpOptions): CredentialsSource {
  const lookUp = { ...options, findPerson: askingOnce(options.findPerson) };
  return keepCredentials(options.clock, (loadSdk) => lookUpCredentials(lookUp, loadSdk));
}
