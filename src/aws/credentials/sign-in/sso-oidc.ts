import {
  CreateTokenCommand,
  RegisterClientCommand,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
  type CreateTokenCommandInput,
} from '@aws-sdk/client-sso-oidc';
import { callFailures } from '../../../failures/calls.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Network } from '../../../network/network.ts';
import { AwsError } from '../../sdk/aws-error.ts';
import type { ServiceEndpoint } from '../../endpoint.ts';
import { createSdkRequestHandler } from '../../sdk/sdk-request-handler.ts';
import { suppressVersionWarning } from '../../sdk/sdk-warnings.ts';

const MS_PER_SECOND = 1000;

/** The name that the page of consent shows. */
const CLIENT_NAME = 'session-manager-plugin';

/** This program as a client of the service. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A sign-in. */
export interface SsoToken {
  readonly accessToken: string;
  readonly expiresInMs: number;
  readonly refreshToken: string | undefined;
}

/** A code that the user confirms in a browser on any device. */
export interface DeviceAuthorization {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same with the code in it. */
  readonly verificationUriComplete: string;
  /** How long to wait between requests; undefined when the service sets no interval. */
  readonly intervalMs: number | undefined;
}

/** The parameters of a request for a token. */
export type Grant = Omit<CreateTokenCommandInput, 'clientId' | 'clientSecret'>;

/** The OIDC service of IAM Identity Center. Its calls reject with errors of the AWS SDK. */
export interface Oidc {
  /** `https://oidc.<region>.amazonaws.com`, or what is configured. */
  readonly url: string;
  register(
    request: Partial<
      Record<'scopes' | 'grantTypes' | 'redirectUris', readonly string[]> &
        Record<'issuerUrl', string>
    >,
  ): Promise<Registration>;
  startDeviceAuthorization(by: Registration, startUrl: string): Promise<DeviceAuthorization>;
  createToken(by: Registration, grant: Grant): Promise<SsoToken>;
  /** Whether the token is not ready yet: request it again; after `slower`, at longer intervals. */
  pending(error: unknown): 'pending' | 'slower' | undefined;
  /** Why the sign-in failed, when the user refused it or it expired; else undefined. */
  whyEnded(error: unknown): string | undefined;
}

/** Errors of the service that end a sign-in, with their meaning. */
const ENDED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AccessDeniedException: 'the request was denied in the browser',
    ExpiredTokenException: 'the request was not confirmed in time',
  }),
);
const PENDING: ReadonlyMap<string, 'pending' | 'slower'> = new Map([
  ['AuthorizationPendingException', 'pending'],
  ['SlowDownException', 'slower'],
]);

/** What its requests need. */
interface SignInSurroundings {
  readonly network: Network;
  readonly clock: Clock;
}

/** Importing this module loads a part of the AWS SDK. */
export function createOidc(
  region: string,
  endpoint: ServiceEndpoint,
  { network, clock }: SignInSurroundings,
): Oidc {
  suppressVersionWarning();
  const { url, useFips, useDualStack } = endpoint;
  const client = new SSOOIDCClient({
    region,
    requestHandler: createSdkRequestHandler(network, clock),
    ignoreConfiguredEndpointUrls: true,
    useFipsEndpoint: useFips,
    useDualstackEndpoint: useDualStack,
    ...(url === undefined ? {} : { endpoint: url }),
  });
  const regional = { Region: region, UseFIPS: useFips, UseDualStack: useDualStack };
  return {
    url: url ?? client.config.endpointProvider(regional).url.origin,
    async register({ scopes, grantTypes, redirectUris, issuerUrl }) {
      const answer = await client.send(
        new RegisterClientCommand({
          clientName: CLIENT_NAME,
          clientType: 'public',
          ...(scopes === undefined || scopes.length === 0 ? {} : { scopes: [...scopes] }),
          ...(grantTypes === undefined ? {} : { grantTypes: [...grantTypes] }),
          ...(redirectUris === undefined ? {} : { redirectUris: [...redirectUris] }),
          ...(issuerUrl === undefined ? {} : { issuerUrl }),
        }),
      );
      return {
        clientId: needed(answer.clientId),
        clientSecret: needed(answer.clientSecret),
        expiresAt: (answer.clientSecretExpiresAt ?? 0) * MS_PER_SECOND,
      };
    },
    async startDeviceAuthorization({ clientId, clientSecret }, startUrl) {
      const answer = await client.send(
        new StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl }),
      );
      const verificationUri = needed(answer.verificationUri);
      return {
        deviceCode: needed(answer.deviceCode),
        userCode: needed(answer.userCode),
        verificationUri,
        verificationUriComplete: answer.verificationUriComplete ?? verificationUri,
        intervalMs: answer.interval === undefined ? undefined : answer.interval * MS_PER_SECOND,
      };
    },
    async createToken({ clientId, clientSecret }, grant) {
      const answer = await client.send(
        new CreateTokenCommand({ clientId, clientSecret, ...grant }),
      );
      return {
        accessToken: needed(answer.accessToken),
        expiresInMs: (answer.expiresIn ?? 0) * MS_PER_SECOND,
        refreshToken: answer.refreshToken,
      };
    },
    pending: (error) => (error instanceof Error ? PENDING.get(error.name) : undefined),
    whyEnded: (error) => (error instanceof Error ? ENDED.get(error.name) : undefined),
  };
}

function needed(text: string | undefined): string {
  if (text === undefined || text === '') {
    throw new AwsError(callFailures['answer-incomplete']('sign in', 'registration or token'));
  }
  return text;
}
