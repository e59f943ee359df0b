import type { IncomingMessage } from 'node:http';

/** What a signature is valid for (IAM user guide, "Elements of an AWS API request signature": the credential scope). */
export interface SignedScope {
  readonly region: string;
  /** As signatures name it: `ec2`, `es`. */
  readonly service: string;
}

const SCOPE = /Credential=[^,/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/;

/** The scope of a signed request; its members are empty when it is not signed. */
export function signedScope({ headers }: Pick<IncomingMessage, 'headers'>): SignedScope {
  const [, region = '', service = ''] = SCOPE.exec(headers.authorization ?? '') ?? [];
  return { region, service };
}
