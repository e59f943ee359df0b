import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { accessKeyIdOf, readBody } from '../answers/json-request.ts';
import { listenerOf } from '../answers/route.ts';
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
  /** The MFA device of AssumeRole, and its code; empty without. */
  readonly serialNumber: string;
  readonly tokenCode: string;
}

/** The identity of every caller (Security Token Service API, GetCallerIdentity). */
export const LOCAL_IDENTITY = {
  account: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/local',
  userId: 'AIDACKCEVSQ6C2EXAMPLE',
} as const;

/** What distinguishes requests of AWS's query protocol, which STS uses, from those of Systems Manager. */
const QUERY_CONTENT_TYPE = 'application/x-www-form-urlencoded';

/** Whether a request that is for no other service of the query protocol is for STS: AssumeRoleWithWebIdentity is not signed. */
export function isStsRequest({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['content-type']?.startsWith(QUERY_CONTENT_TYPE) === true;
}

/** The Security Token Service on this machine. */
export interface StsApi {
  /** Answers AssumeRole, AssumeRoleWithWebIdentity and GetCallerIdentity. */
  readonly listener: RequestListener;
  readonly calls: readonly StsCall[];
  /** Refuses every caller from now on. */
  denyAll(): void;
}

/** An MFA device of the account. */
export interface MfaDevice {
  readonly serialNumber: string;
  /** The code that it shows. */
  readonly code: string;
}

/**
 * The answer of STS to an AssumeRole that names an MFA device without its code: it is not
 * authorized, and why.
 */
const WRONG_CODE = 'MultiFactorAuthentication failed with invalid MFA one time pass code. ';

/**
 * @param credentials - what every caller receives
 * @param mfa - the device without whose code no role is assumed; undefined when none is needed
 */
export function createStsApi(credentials: IssuedCredentials, mfa?: MfaDevice): StsApi {
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
      serialNumber: form.get('SerialNumber') ?? '',
      tokenCode: form.get('TokenCode') ?? '',
    });
    response.setHeader('content-type', 'text/xml');
    const refusal = denying ? notAuthorized(operation) : mfaRefusal(operation, form, mfa);
    if (refusal !== undefined) {
      response
        .writeHead(403)
        .end(
          '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>' +
            `<Message>${refusal}</Message></Error></ErrorResponse>`,
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
        '</Credentials><AssumedRoleUser>' +
        `<Arn>arn:aws:sts::${LOCAL_IDENTITY.account}:assumed-role/local/session</Arn>` +
        '<AssumedRoleId>AROACKCEVSQ6C2EXAMPLE:session</AssumedRoleId></AssumedRoleUser>' +
        `</${operation}Result></${operation}Response>`,
    );
  };

  return {
    calls,
    listener: listenerOf(answer),
    denyAll: () => {
      denying = true;
    },
  };
}

function notAuthorized(operation: string): string {
  return `Not authorized to perform sts:${operation}`;
}

/** Why a role is not assumed that needs an MFA device; undefined when it is. */
function mfaRefusal(
  operation: string,
  form: URLSearchParams,
  mfa: MfaDevice | undefined,
): string | undefined {
  if (mfa === undefined || operation !== 'AssumeRole') return undefined;
  const serialNumber = form.get('SerialNumber');
  if (serialNumber === null) return notAuthorized(operation);
  const isRight = serialNumber === mfa.serialNumber && form.get('TokenCode') === mfa.code;
  return isRight ? undefined : WRONG_CODE;
}
