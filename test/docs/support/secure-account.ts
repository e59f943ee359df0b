import type { TestContext } from 'node:test';
import { createAuthority } from '../../network/certificate-authority.ts';
import { NOT_LOOPBACK } from '../../network/local-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { AccountOptions } from './account.ts';

/** An account that is reached over TLS, with a certificate of a company's own authority. */
export interface SecureAccount {
  readonly account: AccountOptions;
  /** The authority's certificate, PEM, and the file it is in. */
  readonly certificate: string;
  readonly file: string;
}

/** Makes what an account needs for TLS. */
export function secureAccount(t: TestContext): SecureAccount {
  const authority = createAuthority(temporaryDirectory(t), 'Example Corp CA');
  const tls = authority.issue([`IP:${NOT_LOOPBACK}`]);
  const { certificate, file } = authority;
  return { account: { aws: { tls, hostName: NOT_LOOPBACK } }, certificate, file };
}
