import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { accessKeyIdOf, readBody } from './json-request.ts';
import type { IssuedCredentials } from './sso-api.ts';

/** A call of the API, as it came. */
export interface StsCall {
  /** `AssumeRole`, `AssumeRoleWithWebIdentity`, `GetCallerIdentity`. */
  readonly operation: string;
  readonly roleArn: string;
  /** The web identity's token; empty for AssumeRole. */
  readonly webIdentityToken: string;
  /** The access key id it was signed with; empty when it was not. */
  readonly accessKeyId: string;
}

/** Who everybody is (Security Token Service API, GetCallerIdentity). */
export const LOCAL_IDENTITY = {
  account: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/local',
  userId: 'AIDACKCEVSQ6C2EXAMPLE',
} as const;

/** The Security Token Service on this machine. */
export interface StsApi {
  /** Answers AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity. */
  readonly listener: RequestListener;
  readonly calls: readonly StsCall[];
  /** Refuses everybody from now on. */
  denyAll(): void;
}

/** @param credentials - what everybody gets */
export function createStsApi(credentials: IssuedCredentials): StsApi {
  const calls: StsCall[] = [];
  let denying = false;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await readBody(request));
    const operation = form.get('Action') ?? '';
    calls.push({
      operation,
      roleArn: form.get('RoleArn') ?? '',
      webIdentityToken: form.get('WebIdentityToken') ?? '',
      accessKeyId: accessKeyIdOf(request),
    });
    response.setHeader('content-type', 'text/xml');
    if (denying) {
      response
        .writeHead(403)
        .end(
          '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>' +
            `<Message>Not authorized to perform sts:${operation}</Message></Error></ErrorResponse>`,
        );
      return;
    }
    if (operation === 'GetCallerIdentity') {
      response.end(
        '<GetCallerIdentityResponse><GetCallerIdentityResult>' +
          `<Arn>${LOCAL_IDENTITY.arn}</Arn><UserId>${LOCAL_IDENTITY.userId}</UserId>` +
          `<Account>${LOCAL_IDENTITY.account}</Account>` +
          '</GetCallerIdentityResult></GetCallerIdentityResponse>',
      );
      return;
    }
    const expiration = new Date(credentials.expiration).toISOString();
    response.end(
      `<${operation}Response><${operation}Result><Credentials>` +
        `<AccessKeyId>${credentials.accessKeyId}</AccessKeyId>` +
        `<SecretAccessKey>${credentials.secretAccessKey}</SecretAccessKey>` +
        `<SessionToken>${credentials.sessionToken}</SessionToken>` +
        `<Expiration>${expiration}</Expiration>` +
        `</Credentials></${operation}Result></${operation}Response>`,
    );
  };

  return {
    calls,
    listener: (request, response) => {
      answer(request, response).catch(() => request.socket.destroy());
    },
    denyAll: () => {
      denying = true;
    },
  };
}
